using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Storage;
using ServersGrpc.Tests.LiteDb;
using FleetRoom = ServersGrpc.Engine.Fleet;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>The real engine on a real store, with a scripted provider and probe and a clock that the test moves.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(2);

    private readonly StoreFixture _store = new();
    private ServiceProvider _services;

    public EngineFixture()
    {
        Probe = new() { Admits = server => Provider.Admits(server) };
        _services = Build();
    }

    public ScriptedProvider Provider { get; } = new();

    /// <summary>A second one, for what one must not do to the other.</summary>
    public ScriptedProvider Other { get; } = new() { Name = "other" };

    public ScriptedProbe Probe { get; }

    public LifecycleOptions Options { get; } = new();

    public FleetOptions FleetOptions { get; } = new() { DefaultProvider = "scripted" };

    public ManualTime Time => _store.Time;

    public IStorageEngine Store => _store.Store;

    public FleetRoom.Fleet Fleet => _services.GetRequiredService<FleetRoom.Fleet>();

    public LivenessBreaker Breaker => _services.GetRequiredService<LivenessBreaker>();

    public TestMeters Meters => _store.Meters;

    public CertificateEnds Ends => _services.GetRequiredService<CertificateEnds>();

    public static CancellationToken Timeout => StoreFixture.Timeout;

    public async Task<EngineFixture> StartAsync()
    {
        // Sweeps are asked for one by one.
        foreach (var service in _services.GetServices<IHostedService>().Where(service => service is not SweepLoop))
            await service.StartAsync(Timeout);
        foreach (var service in _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StartedAsync(Timeout);
        return this;
    }

    public async Task StopAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse())
            await service.StopAsync(Timeout);
    }

    /// <summary>Ends the engine as if its process had ended, and begins anew on the same file.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        _store.Reopen();
        _services = Build();
        await StartAsync();
    }

    public ServerRecord NewServer(string name) => _store.NewServer(name);

    /// <summary>The disk that the database is on.</summary>
    public DiskTrouble Disk => _store.Disk;

    /// <summary>Who asks.</summary>
    public static Caller Tester { get; } = new("tester", Role.Admin);

    public Task<ServerRecord> ProvisionAsync(string name = "one") => Fleet.ProvisionAsync(new() { Name = name }, Tester, Timeout);

    public Task<ServerRecord> TerminateAsync(string name = "one", bool force = false) => Fleet.TerminateAsync(name, force, "", Tester, Timeout);

    /// <summary>Asks for new credentials, waits for them as a caller does.</summary>
    public Task<ServerRecord> RotateAsync(string name = "one", string etag = "", CancellationToken cancellationToken = default) =>
        Fleet.RotateCredentialsAsync(name, etag, Tester, cancellationToken);

    /// <summary>Asks for new credentials and goes away. Returns what was asked for.</summary>
    public async Task<ServerRecord> WishForRotationAsync(string name = "one")
    {
        using var away = new CancellationTokenSource();
        var call = RotateAsync(name, cancellationToken: away.Token);
        var asked = await IsAsync(server => server.Next is not null, name);
        away.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        return asked;
    }

    /// <summary>Waits until the server is in the state.</summary>
    public Task<ServerRecord> IsAsync(ServerState state, string name = "one") => IsAsync(server => server.State == state, name);

    /// <summary>Waits until a change makes the condition true.</summary>
    public async Task<ServerRecord> IsAsync(Func<ServerRecord, bool> condition, string name = "one")
    {
        await foreach (var change in Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout))
        {
            if (change.Server is { } server && server.Name == name && condition(server))
                return server;
        }
        throw new InvalidOperationException("the watch ended");
    }

    /// <summary>Waits until the lifecycle sleeps on the server until a later time, then goes to that time.</summary>
    public async Task PassTimeAsync(string name = "one")
    {
        var server = await LookAsync(s => s.LeaseOwner is null && s.WakeAt > Time.GetUtcNow(), name);
        Time.Advance(server.WakeAt!.Value - Time.GetUtcNow());
    }

    /// <summary>Goes from wake to wake until the condition is true of the server.</summary>
    public async Task<ServerRecord> PassTimeUntilAsync(Func<ServerRecord, bool> condition, string name = "one")
    {
        while (true)
        {
            var server = await LookAsync(s => condition(s) || (s.LeaseOwner is null && s.WakeAt > Time.GetUtcNow()), name);
            if (condition(server))
                return server;
            Time.Advance(server.WakeAt!.Value - Time.GetUtcNow());
        }
    }

    /// <summary>Waits for what no watch shows: the lifecycle's own bookkeeping.</summary>
    public async Task<ServerRecord> LookAsync(Func<ServerRecord, bool> condition, string name = "one")
    {
        var timeout = Timeout;
        while (true)
        {
            if (await Store.FindAsync(name, timeout) is { } server && condition(server))
                return server;
            await Task.Delay(LookInterval, timeout);
        }
    }

    /// <summary>Waits until a condition holds that nothing tells of.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var timeout = Timeout;
        while (!condition())
            await Task.Delay(LookInterval, timeout);
    }

    /// <summary>Has each of these that runs probed once more.</summary>
    public async Task ProbeAsync(IEnumerable<string> names)
    {
        await SettleAsync(names);
        Time.Advance(Options.LivenessInterval);
    }

    /// <summary>Waits until each of these that runs was probed.</summary>
    public async Task SettleAsync(IEnumerable<string> names)
    {
        foreach (var name in names)
            await LookAsync(s => s.State != ServerState.Running || (s.LeaseOwner is null && s.WakeAt > Time.GetUtcNow()), name);
    }

    /// <summary>Lets the time of a search for orphans come, and searches.</summary>
    public Task SweepAsync()
    {
        Time.Advance(Options.SweepInterval);
        return _services.GetRequiredService<OrphanSweep>().RunAsync(Provider.Name, Timeout);
    }

    /// <summary>What sweeps by itself, while the token lets it.</summary>
    public IHostedService Sweeper => _services.GetServices<IHostedService>().OfType<SweepLoop>().Single();

    /// <summary>Waits until the server is purged.</summary>
    public async Task LookGoneAsync(string name = "one")
    {
        var timeout = Timeout;
        while (await Store.FindAsync(name, timeout) is not null)
            await Task.Delay(LookInterval, timeout);
    }

    public async Task<IReadOnlyList<string>> ReasonsAsync(string name = "one") =>
        [.. (await Store.ListEventsAsync(name, Timeout)).Select(e => e.Reason)];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        _store.Dispose();
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<ILoggerFactory>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(Microsoft.Extensions.Logging.Abstractions.NullLogger<>))
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(_store.Meters)
            .AddSingleton<IServerProvider>(Provider)
            .AddSingleton<IServerProvider>(Other)
            .AddSingleton<IServerProbe>(Probe)
            .AddProviders()
            .AddLifecycle(Options)
            .AddFleet(FleetOptions);
        // The fixture's own: closed and opened with it.
        services.AddStorageEngine(_ => Store);
        return services.BuildServiceProvider();
    }
}
