using Grpc.AspNetCore.Web;
using ServersGrpc.Rpc.Web;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves gRPC-Web, so that browsers call services without a proxy between.</summary>
public static class GrpcWebApplicationBuilderExtensions
{
    /// <summary>
    /// Lets the services be called as gRPC-Web, binary and text, over HTTP/1.1 and HTTP/2. To stand in front of every middleware that
    /// answers requests by itself, such as one that authenticates, so that its gRPC answers become gRPC-Web too.
    /// </summary>
    public static IApplicationBuilder UseGrpcWeb(this IApplicationBuilder builder, GrpcWebOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return options.DefaultEnabled ? builder.UseMiddleware<GrpcWebMiddleware>() : builder;
    }
}
