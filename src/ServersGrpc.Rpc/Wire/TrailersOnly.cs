using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Wire;

/// <summary>An answer of headers alone: the call failed before there was anything to send.</summary>
internal static class TrailersOnly
{
    public static void Write(HttpResponse response, Status status)
    {
        response.ContentType = GrpcContentType.Default;
        response.Headers.GrpcStatus = CodeText.Of(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
            response.Headers.GrpcMessage = GrpcMessageEncoding.Encode(status.Detail);
    }
}
