using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>The real engine in this process: its store on disk, its fleet, and, once started, its lifecycle.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    public const int NoLimit = 1_000_000;

    public static readonly Caller Caller = new("bench", Role.Admin);

    private readonly IHost _host;

    public EngineHost(string dataDirectory, StorageOptions storage)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => DataDirectory.Open(dataDirectory))
            .AddLiteDbStore(storage, installationId: "")
            .AddProviders()
            .AddSingleton<IServerProvider>(Provider)
            .AddSingleton<IServerProbe>(Probe)
            .AddLifecycle(new())
            .AddFleet(new() { MaxServers = NoLimit });
        _host = builder.Build();
        Store = _host.Services.GetRequiredService<IStorageEngine>();
        Fleet = _host.Services.GetRequiredService<Fleet>();
    }

    public InstantProvider Provider { get; } = new();

    public InstantProbe Probe { get; } = new();

    public IStorageEngine Store { get; }

    public OrphanSweep Sweep => _host.Services.GetRequiredService<OrphanSweep>();

    public Fleet Fleet { get; }

    public Task StartLifecycleAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Where it was not started, this does nothing.
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
