using Grpc.Core;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Transcoding.Calls;

/// <summary>A call that came to the REST face.</summary>
internal sealed class TranscodedCallContext(HttpContext http, IMethod method) : HttpServerCallContext(http, method)
{
    /// <summary>What sends the headers at once; null where they wait for the body.</summary>
    public Func<CancellationToken, Task>? StartResponse { get; set; }

    /// <summary>Whether the caller has its answer while the method goes on.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>What a method sends as headers are HTTP headers here.</summary>
    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (IsAnswered)
            throw new CallOverException();
        MetadataHeaders.Append(HttpContext.Response.Headers, responseHeaders);
        return StartResponse?.Invoke(CancellationToken) ?? Task.CompletedTask;
    }
}
