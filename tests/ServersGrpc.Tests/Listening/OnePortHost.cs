using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Listening;
using ServersGrpc.Listening.OnePort;
using ServersGrpc.Listening.Tls;

namespace ServersGrpc.Tests.Listening;

/// <summary>A running server on one port that answers every request with its protocol.</summary>
internal sealed class OnePortHost(WebApplication app, RecordedLogs logs) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public RecordedLogs Logs => logs;

    public WebApplication App => app;

    public Uri Url => new(app.Urls.Single());

    public static async Task<OnePortHost> StartAsync(
        string urls = "http://127.0.0.1:0",
        Action<LimitsOptions>? configure = null,
        RequestDelegate? answer = null,
        TlsHandshake? handshake = null)
    {
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [$"--urls={urls}"], EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        var limits = new LimitsOptions();
        configure?.Invoke(limits);
        builder.Services.AddSingleton(limits).AddSingleton(TimeProvider.System).AddOnePort();
        if (handshake is not null)
            builder.Services.AddSingleton(handshake);
        var app = builder.Build();
        app.Run(answer ?? (context => context.Response.WriteAsync(context.Request.Protocol)));
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new OnePortHost(app, logs);
    }

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(Url.Host, Url.Port);
        return client;
    }

    /// <summary>All that comes until the server closes, by FIN or by RST.</summary>
    public static async Task<string> ReadToEndAsync(TcpClient client)
    {
        var received = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(received).WaitAsync(Patience);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return Encoding.ASCII.GetString(received.ToArray());
        }
        return Encoding.ASCII.GetString(received.ToArray());
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
