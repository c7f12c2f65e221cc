using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Errors;
using ServersGrpc.Listening;
using ServersGrpc.Listening.OnePort;
using ServersGrpc.Rest;

namespace ServersGrpc.Tests.Rest;

/// <summary>The REST face of the contract over a fake of its methods, without callers' rights and without an engine.</summary>
internal sealed class RestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RestHost(WebApplication app)
    {
        _app = app;
        Http = new() { BaseAddress = new(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public FakeServers Servers => _app.Services.GetRequiredService<FakeServers>();

    public HttpClient Http { get; }

    public string Address => _app.Urls.Single();

    /// <param name="writesItself">Whether answers that hold servers are written by the service; otherwise transcoding writes them too.</param>
    /// <param name="outermost">An interceptor around all others.</param>
    public static async Task<RestHost> StartAsync(bool writesItself = true, Type? outermost = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"], EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(new LimitsOptions())
            .AddSingleton(TimeProvider.System)
            .AddSingleton<FakeServers>()
            .AddOnePort()
            .AddErrors()
            .AddRest()
            .AddGrpc(options =>
            {
                if (outermost is not null)
                    options.Interceptors.Add(outermost);
                options.Interceptors.Add<ErrorInterceptor>();
                if (writesItself)
                    options.Interceptors.Add<RestAnswerInterceptor>();
                options.IgnoreUnknownServices = true;
            })
            .AddJsonTranscoding(options => options.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor));
        var app = builder.Build();
        app.UseHead();
        app.UseRouting();
        app.UseErrors();
        app.UseRest();
        app.MapGrpcService<FakeServers>();
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Posts a body as it is: the status, and the whole answer.</summary>
    public async Task<(int Status, JsonNode Json)> PostAsync(byte[] body, string path = "/api/servers", string? contentType = null)
    {
        using var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await Http.PostAsync(path, content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<(int Status, JsonNode Json)> PostAsync(string body, string path = "/api/servers") =>
        PostAsync(Encoding.UTF8.GetBytes(body), path);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
