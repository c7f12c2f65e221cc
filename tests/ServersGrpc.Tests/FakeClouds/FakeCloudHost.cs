using Microsoft.AspNetCore.Builder;
using ServersGrpc.FakeCloud;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>A FakeCloud in this process, on a state directory of its own. Restarting it is as near to a kill as a process can do to itself.</summary>
internal sealed class FakeCloudHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _state = new();
    private WebApplication _app;

    private FakeCloudHost() => _app = Build();

    /// <summary>Steers it, and knows its endpoints.</summary>
    public FakeCloudClient Client { get; private set; } = null!;

    /// <summary>Calls the Hetzner Cloud API with its token; its base address ends in "/v1/".</summary>
    public HttpClient Hetzner { get; private set; } = null!;

    /// <summary>Calls the DigitalOcean API with its token; its base address ends in "/v2/".</summary>
    public HttpClient DigitalOcean { get; private set; } = null!;

    public static async Task<FakeCloudHost> StartAsync()
    {
        var host = new FakeCloudHost();
        await host.ListenAsync();
        return host;
    }

    /// <summary>Ends it and starts it again on the same state, at another address.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        _app = Build();
        await ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _state.Dispose();
    }

    private WebApplication Build() => FakeCloudApplication.Build(
        "--urls=http://127.0.0.1:0", $"--state={_state.Path}", "--Logging:LogLevel:Default=Warning");

    private async Task ListenAsync()
    {
        await _app.StartAsync();
        Client = new FakeCloudClient(new Uri(_app.Urls.Single()));
        var settings = new FakeCloudSettings();
        Hetzner = Caller("/v1/", settings.HetznerToken);
        DigitalOcean = Caller("/v2/", settings.DigitalOceanToken);
    }

    private HttpClient Caller(string path, string token)
    {
        var caller = new HttpClient { BaseAddress = new Uri(Client.Address, path) };
        caller.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return caller;
    }

    private async Task EndAsync()
    {
        Client.Dispose();
        Hetzner.Dispose();
        DigitalOcean.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
