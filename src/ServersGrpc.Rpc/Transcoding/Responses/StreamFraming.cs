using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>How the messages of a stream are told apart.</summary>
internal abstract class StreamFraming(string contentType)
{
    public string ContentType => contentType;

    /// <summary>Whether the request names this framing's content type as one that it accepts.</summary>
    public bool IsAskedFor(HttpRequest request)
    {
        foreach (var accepted in request.GetTypedHeaders().Accept)
            if (accepted.MediaType.Equals(contentType, StringComparison.OrdinalIgnoreCase) && accepted.Quality != 0)
                return true;
        return false;
    }

    public abstract void WriteMessage(JsonOutput output, IMessage message);

    /// <summary>The last thing that is sent, after messages: too late for an HTTP status.</summary>
    public abstract void WriteError(JsonOutput output, Status status, RpcStatusResponder responder);
}
