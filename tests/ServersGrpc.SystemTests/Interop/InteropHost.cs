using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.InteropServer;

namespace ServersGrpc.SystemTests.Interop;

/// <summary>One interop server for all cases: the clients are the ones that are processes of their own.</summary>
public sealed class InteropHost : IAsyncLifetime
{
    private readonly WebApplication _app = InteropApplication.Build("--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning");

    internal string Authority => new Uri(_app.Urls.Single()).Authority;

    internal HealthServiceImpl Health => _app.Services.GetRequiredService<HealthServiceImpl>();

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
