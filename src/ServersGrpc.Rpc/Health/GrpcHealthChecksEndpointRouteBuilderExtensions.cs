using Grpc.HealthCheck;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the gRPC health service.</summary>
public static class GrpcHealthChecksEndpointRouteBuilderExtensions
{
    /// <summary>Maps grpc.health.v1.Health. When the application stops, every service turns NOT_SERVING.</summary>
    public static void MapGrpcHealthChecksService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.MapGrpcService<HealthServiceImpl>();
        var health = builder.ServiceProvider.GetRequiredService<HealthServiceImpl>();
        builder.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(health.Stop);
    }
}
