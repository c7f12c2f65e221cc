using Grpc.Health.V1;
using Grpc.HealthCheck;
using ServersGrpc.Auth;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

internal static class ApiServices
{
    /// <summary>Adds the contract, on both faces.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddGrpc(options =>
            {
                options.Interceptors.Add<ErrorInterceptor>();
                options.Interceptors.Add<AccessInterceptor>();
            })
            .AddJsonTranscoding(options => options.ErrorDomain = ApiErrors.Domain);
        services.AddSingleton<ErrorInterceptor>();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks();
        return services.AddSingleton<ServersService>();
    }

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<ServersService>();
        endpoints.MapGrpcReflectionService();
        endpoints.MapGrpcHealthChecksService();
        var health = endpoints.ServiceProvider.GetRequiredService<HealthServiceImpl>();
        foreach (var service in (ReadOnlySpan<string>)["", ServerService.Descriptor.FullName])
            health.SetStatus(service, HealthCheckResponse.Types.ServingStatus.Serving);
        endpoints.MapOperatorEndpoints();
    }
}
