using Grpc.HealthCheck;
using Grpc.Testing;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.InteropServer;

/// <summary>A server with TestService, health and reflection on one port. UnimplementedService is not there, as it should be.</summary>
public static class InteropApplication
{
    /// <param name="args">As of any ASP.NET application: "--urls=http://127.0.0.1:10000".</param>
    public static WebApplication Build(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseOnePort();
        builder.Services.AddSingleton(TimeProvider.System);
        // Nothing is compressed but what a request asks for.
        builder.Services.AddGrpc(options => options.ResponseCompressionAlgorithm = null);
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        builder.Services.AddSingleton<InteropService>();

        var app = builder.Build();
        app.Use(CompressionFlags.ObserveAsync);
        app.MapGrpcService<InteropService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();

        var health = app.Services.GetRequiredService<HealthServiceImpl>();
        health.SetStatus("", ServingStatus.Serving);
        health.SetStatus(TestService.Descriptor.FullName, ServingStatus.Serving);
        return app;
    }
}
