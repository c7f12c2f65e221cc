namespace ServersGrpc.Engine.Servers;

public sealed class RequestIdReusedException : ServerException
{
    public RequestIdReusedException(string requestId, string name)
        : base($"The request id \"{requestId}\" was used with another request, which made server \"{name}\". Use a new id for a new request.") =>
        (RequestId, Name) = (requestId, name);

    /// <summary>For a caller who may not know of that server.</summary>
    public RequestIdReusedException(string requestId)
        : base($"The request id \"{requestId}\" was used before. Use a new id for a new request.") =>
        (RequestId, Name) = (requestId, "");

    public string RequestId { get; }

    /// <summary>"" for a caller who may not know it.</summary>
    public string Name { get; }
}
