using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>A running server with a service (the shapes, if nothing else is said), reflection, health and an endpoint of its own, and clients of it.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private GrpcHost(WebApplication app, RecordedLogs logs)
    {
        App = app;
        Logs = logs;
        Address = app.Urls.Single();
        Channel = GrpcChannel.ForAddress(Address);
        Client = new Shapes.V1.Shapes.ShapesClient(Channel);
        Raw = new RawClient(Address);
    }

    public WebApplication App { get; }

    public RecordedLogs Logs { get; }

    public string Address { get; }

    public GrpcChannel Channel { get; }

    public Shapes.V1.Shapes.ShapesClient Client { get; }

    public RawClient Raw { get; }

    public ShapesBehavior Behavior => App.Services.GetRequiredService<ShapesBehavior>();

    public static Task<GrpcHost> StartAsync(
        Action<GrpcServiceOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        HttpProtocols protocols = HttpProtocols.Http2,
        bool onePort = false) => StartAsync<ShapesService>(configure, services, protocols, onePort);

    public static async Task<GrpcHost> StartAsync<TService>(
        Action<GrpcServiceOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        HttpProtocols protocols = HttpProtocols.Http2,
        bool onePort = false)
        where TService : class
    {
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(logs);
        if (onePort)
            builder.WebHost.UseUrls("http://127.0.0.1:0").UseOnePort();
        else
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols));
        builder.Services.AddSingleton<ShapesBehavior>();
        builder.Services.AddGrpc(configure ?? (_ => { }));
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGrpcService<TService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        app.MapGet("/healthz", () => "OK");
        await app.StartAsync();
        return new GrpcHost(app, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Raw.Dispose();
        Channel.Dispose();
        await App.DisposeAsync();
    }
}
