using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Rpc.OpenApi;
using ServersGrpc.Tests.Rpc.Transcoding;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>A running server that describes the gallery and the echo contract.</summary>
internal sealed class OpenApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OpenApiHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Client { get; }

    public static async Task<OpenApiHost> StartAsync(Action<GrpcOpenApiOptions>? configure = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseOnePort();
        builder.Services.AddSingleton<EchoBehavior>();
        builder.Services.AddGrpc().AddJsonTranscoding();
        builder.Services.AddGrpcOpenApi(options =>
        {
            options.Title = "Tests";
            options.Version = "1.2.3";
            options.ContractAssemblies.Add(typeof(GalleryService).Assembly);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapGrpcService<GalleryService>();
        app.MapGrpcService<EchoService>();
        map?.Invoke(app);
        app.MapGrpcOpenApi();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new OpenApiHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
