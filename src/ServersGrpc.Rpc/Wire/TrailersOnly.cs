using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Wire;

/// <summary>An answer of headers alone: the call failed before there was anything to send.</summary>
internal static class TrailersOnly
{
    public static void Write(HttpResponse response, Status status, byte[]? details = null)
    {
        response.ContentType = GrpcContentType.Default;
        StatusHeaders.Set(response.Headers, status, details);
    }
}
