using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Rpc.OnePort;

namespace ServersGrpc.Tests.Rpc.OnePort;

/// <summary>A running server behind UseOnePort that answers every request with its protocol.</summary>
internal sealed class OnePortHost(WebApplication app, RecordedLogs logs) : IAsyncDisposable
{
    public RecordedLogs Logs => logs;

    public WebApplication App => app;

    public Uri Url => new(app.Urls.Single());

    public static async Task<OnePortHost> StartAsync(
        string? urls = "http://127.0.0.1:0",
        Action<OnePortOptions>? configure = null,
        RequestDelegate? answer = null,
        params string[] settings)
    {
        var logs = new RecordedLogs();
        string[] arguments = urls is null ? settings : [$"--urls={urls}", .. settings];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseOnePort(configure);
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

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
