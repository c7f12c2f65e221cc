namespace ServersGrpc.Engine.Servers;

public sealed class ServerLimitException : ServerException
{
    public ServerLimitException(int limit)
        : base($"There are {limit} servers that are not stopped, which is the limit (Servers:MaxServers). Terminate some, or raise it.") =>
        Limit = limit;

    public ServerLimitException(int limit, string owner)
        : base($"{owner} has {limit} servers that are not stopped, which is the limit of one caller (Servers:Auth:MaxServers). Terminate some, or raise it.") =>
        Limit = limit;

    public int Limit { get; }
}
