using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;
using ServersGrpc.Simulation.Clock;
using ServersGrpc.Simulation.Cloud;
using ServersGrpc.Simulation.Storage;

namespace ServersGrpc.Simulation;

/// <summary>One process of the service, from its start to its end: the engine, on its scheduler and its timers.</summary>
internal sealed class EngineProcess : IDisposable
{
    private readonly World _world;
    private readonly VirtualTime _time;
    private readonly StepScheduler _scheduler;
    private readonly DataDirectory _directory;
    private readonly LiteDbStore _database;
    private readonly RunMeters _meters = new();
    private readonly ServiceProvider _services;
    private readonly LifecycleLoop _loop;
    private readonly CancellationTokenSource _sweeping = new();

    public EngineProcess(World world, string directory, IReadOnlyList<SimulatedCloud> clouds, Network network, StoreTrouble trouble, UidSource uids, SimulationHooks hooks)
    {
        _world = world;
        _time = new(world.Clock);
        _scheduler = new(world.Random);
        _directory = DataDirectory.Open(directory);
        var logs = new SimulationLogs(world);
        _database = LiteDbStore.Open(_directory, "", new(), _time, new(_meters), NullLogger.Instance);
        Store = hooks.Store(new SimulatedStore(world, _database, trouble, uids, _time));
        var options = world.Scenario.Options;
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<TaskScheduler>(_scheduler)
            .AddSingleton(new Random(world.Random.Next()))
            .AddSingleton<IMeterFactory>(_meters)
            .AddSingleton<ILoggerFactory>(logs)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddSingleton<IServerProbe>(new SimulatedProbe(world, clouds, network, _time, options.ProbeTimeout))
            .AddProviders()
            .AddLifecycle(options)
            .AddFleet(new() { DefaultProvider = clouds[0].Name });
        foreach (var cloud in clouds)
        {
            cloud.Attach(_time);
            services.AddSingleton(hooks.Provider(cloud));
        }
        services.AddStorageEngine(_ => Store);
        _services = services.BuildServiceProvider();
        Fleet = _services.GetRequiredService<Fleet>();
        _loop = _services.GetServices<IHostedService>().OfType<LifecycleLoop>().Single();
    }

    public IStorageEngine Store { get; }

    /// <summary>The servers as they are stored, whatever trouble there is.</summary>
    public IStorageEngine Truth => _database;

    public Fleet Fleet { get; }

    public void Start()
    {
        Run(() => _loop.StartedAsync(CancellationToken.None));
        foreach (var provider in _services.GetRequiredService<ProviderCatalog>().Names)
            Run(() => SweepAsync(provider));
    }

    /// <summary>Runs one step of what waits. False when nothing does.</summary>
    public bool RunOne() => _scheduler.RunOne();

    /// <summary>Starts work in the process.</summary>
    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();

    /// <summary>Ends it as a host does on SIGTERM.</summary>
    public void Stop(Action stopped) => Run(async () =>
    {
        _sweeping.Cancel();
        await _loop.StopAsync(CancellationToken.None);
        stopped();
    });

    /// <summary>Nothing of the process goes on: as after kill -9, or at the end of a stop.</summary>
    public void Dispose()
    {
        _time.Kill();
        _services.Dispose();
        _sweeping.Dispose();
        _database.Dispose();
        _meters.Dispose();
        _directory.Dispose();
    }

    private async Task SweepAsync(string provider)
    {
        CallBook.BeginSweep();
        var sweep = _services.GetRequiredService<OrphanSweep>();
        while (!_sweeping.IsCancellationRequested)
        {
            await sweep.RunAsync(provider, _sweeping.Token);
            await Task.Delay(_world.Scenario.Options.SweepInterval, _time, _sweeping.Token);
        }
    }
}
