namespace ServersGrpc.Engine.Servers;

public sealed class RequestIdReusedException(string requestId, string name) : ServerException(
    $"The request id \"{requestId}\" was used with another request, which made server \"{name}\". Use a new id for a new request.")
{
    public string RequestId => requestId;

    public string Name => name;
}
