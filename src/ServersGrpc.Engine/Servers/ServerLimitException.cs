namespace ServersGrpc.Engine.Servers;

public sealed class ServerLimitException(int limit) : ServerException(
    $"There are {limit} servers that are not stopped, which is the limit (Servers:MaxServers). Terminate some, or raise it.")
{
    public int Limit => limit;
}
