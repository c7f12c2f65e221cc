using Microsoft.Extensions.DependencyInjection.Extensions;
using ServersGrpc.Rpc.Reflection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC reflection.</summary>
public static class GrpcReflectionServiceExtensions
{
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ReflectionAnswers>();
        services.TryAddSingleton<ReflectionV1Service>();
        services.TryAddSingleton<ReflectionV1AlphaService>();
        return services;
    }
}
