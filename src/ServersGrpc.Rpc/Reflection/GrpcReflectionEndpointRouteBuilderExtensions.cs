using Microsoft.AspNetCore.Routing;
using ServersGrpc.Rpc.Reflection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC reflection.</summary>
public static class GrpcReflectionEndpointRouteBuilderExtensions
{
    /// <summary>Maps grpc.reflection.v1 and v1alpha. They describe every service, whether mapped before or after.</summary>
    public static void MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.MapGrpcService<ReflectionV1Service>();
        builder.MapGrpcService<ReflectionV1AlphaService>();
    }
}
