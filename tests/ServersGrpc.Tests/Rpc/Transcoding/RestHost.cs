using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>A running server with the echo contract, the servers contract over a fake, and an endpoint of its own.</summary>
internal sealed class RestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RestHost(WebApplication app, RecordedLogs logs)
    {
        _app = app;
        Logs = logs;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };
    }

    public RecordedLogs Logs { get; }

    public HttpClient Client { get; }

    public WebApplication App => _app;

    public EchoBehavior Echo => _app.Services.GetRequiredService<EchoBehavior>();

    public FakeServers Servers => _app.Services.GetRequiredService<FakeServers>();

    public static async Task<RestHost> StartAsync(
        Action<GrpcJsonTranscodingOptions>? configure = null, Action<WebApplication>? map = null, Action<IServiceCollection>? add = null)
    {
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"], EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.WebHost.UseOnePort();
        builder.Services.AddSingleton<EchoBehavior>();
        builder.Services.AddSingleton<FakeServers>();
        add?.Invoke(builder.Services);
        builder.Services.AddGrpc().AddJsonTranscoding(options =>
        {
            options.ErrorDomain = "tests";
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapGrpcService<FakeServers>();
        app.MapGet("/own/{id}", (string id) => id);
        app.MapPost("/own/{id}", (string id) => id);
        map?.Invoke(app);
        await app.StartAsync();
        return new RestHost(app, logs);
    }

    /// <summary>Sends the request line and headers as they are and reads until the server closes. For what HttpClient corrects or hides.</summary>
    public async Task<RawResponse> SendRawAsync(string requestLine, string headers = "", string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{requestLine} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n{body}"));
        using var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (IOException) when (received.Length > 0)
        {
            // A server that does not want the rest of a body closes with a reset, after its answer.
        }
        return RawResponse.Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
