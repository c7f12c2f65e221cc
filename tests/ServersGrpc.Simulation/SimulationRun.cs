using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Simulation.Callers;
using ServersGrpc.Simulation.Checks;
using ServersGrpc.Simulation.Cloud;
using ServersGrpc.Simulation.Storage;

namespace ServersGrpc.Simulation;

/// <summary>
/// One run: the engine, on the real store, lives in a world of simulated clouds and clocks, in which everything goes wrong for a while. Then
/// nothing does any more, and everything must come right. All of it happens on one thread and follows from the seed.
/// </summary>
internal sealed class SimulationRun
{
    private const int MostStepsASecond = 50_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDowntime = TimeSpan.FromMinutes(5);

    private readonly World _world;
    private readonly string _directory;
    private readonly SimulationHooks _hooks;
    private readonly CallBook _calls;
    private readonly SimulatedCloud[] _clouds;
    private readonly Network _network = new();
    private readonly StoreTrouble _disk;
    private readonly UidSource _uids = new();
    private readonly Ledger _ledger = new();
    private readonly Caller _caller;
    private readonly Mishaps _mishaps;
    private EngineProcess? _process;
    private int _deaths;
    private long _steps;
    private (TimeSpan Second, long Steps) _pace;

    private SimulationRun(int seed, string directory, SimulationHooks hooks)
    {
        _world = new(seed, Scenario.Of(seed));
        (_directory, _hooks) = (directory, hooks);
        _calls = new(_world, _world.Scenario.Options) { Row = Row };
        _clouds =
        [
            new(_world, new("careful", IsIdempotent: true, Window(), Drain()), _calls),
            new(_world, new("careless", IsIdempotent: false, Window(), Drain()), _calls),
        ];
        _disk = new(_world);
        _caller = new(_world, _ledger, _clouds);
        _mishaps = new(_world, _clouds, _network, _disk, _calls);
    }

    /// <summary>Runs the world of a seed to its end, with its database in a directory that is made for it and empty.</summary>
    public static SimulationResult Run(int seed, string directory, SimulationHooks? hooks = null)
    {
        var simulation = new SimulationRun(seed, directory, hooks ?? SimulationHooks.None);
        try
        {
            simulation.Run();
        }
        finally
        {
            simulation._process?.Dispose();
        }
        return simulation.Result(seed);
    }

    private void Run()
    {
        Start();
        Plan(_world.Scenario.Requests, () => _caller.Ask(_process!));
        Plan(_world.Scenario.Mishaps, () => _mishaps.Happen(_caller, _process));
        Plan(_world.Scenario.ClockJumps, _mishaps.SetClock);
        if (_world.Random.Next(3) == 0)
            Plan(1, Stop);
        RunUntil(_world.Scenario.Duration);
        _mishaps.End();
        SettleDown();
    }

    private void Plan(int count, Action action)
    {
        for (; count > 0; count--)
        {
            _world.Clock.Set(_world.Between(TimeSpan.Zero, _world.Scenario.Duration), () => WhenUp(() =>
            {
                if (_world.Clock.Elapsed <= _world.Scenario.Duration)
                    action();
            }));
        }
    }

    // Who finds the service down comes back.
    private void WhenUp(Action action)
    {
        if (_process is not null)
            action();
        else
            _world.Clock.Set(_world.Between(Second, LookInterval), () => WhenUp(action));
    }

    private void SettleDown()
    {
        WhenUp(() => _caller.Pause(_process!, paused: false));
        WhenUp(() => _caller.Repeat(_process!));
        var end = _world.Clock.Elapsed + _world.Scenario.TimeToSettle(_clouds.Max(cloud => cloud.DrainTimeout));
        var check = new SettledWorld(_world, _clouds, _ledger);
        while (_world.Violation is null)
        {
            RunUntil(_world.Clock.Elapsed + LookInterval);
            var waitsFor = _process is null ? "the process is down" : check.WaitsFor(_process.Truth);
            if (waitsFor is null)
                break;
            if (_world.Clock.Elapsed > end)
                _world.Violate($"the world has not settled: {waitsFor}");
        }
        if (_world.Violation is null)
            check.Check(_process!.Truth);
    }

    private void RunUntil(TimeSpan until)
    {
        while (_world.Violation is null)
        {
            if (_world.DeathIsDue)
                Die();
            if (_process is { } process && process.RunOne())
            {
                CountStep();
                _world.DeathIsDue |= _world.Chance(_world.Scenario.StepDeaths);
            }
            else if (!_world.Clock.RingNext(until))
            {
                return;
            }
        }
    }

    // Time passes only when nothing is left to do: work that makes work for ever would stop it.
    private void CountStep()
    {
        _steps++;
        if (_world.Clock.Elapsed >= _pace.Second + Second)
            _pace = (_world.Clock.Elapsed, _steps);
        else if (_steps - _pace.Steps > MostStepsASecond)
            _world.Violate($"more than {MostStepsASecond} steps within a second");
    }

    private void Start()
    {
        _process = new(_world, _directory, _clouds, _network, _disk, _uids, _hooks);
        _world.Trace.Add("the process starts");
        _process.Start();
    }

    private void Die()
    {
        _world.DeathIsDue = false;
        if (_process is null)
            return;
        _world.Trace.Add("the process dies");
        _deaths++;
        End(_process);
    }

    private void Stop()
    {
        var process = _process!;
        _world.Trace.Add("the process is told to stop");
        process.Stop(() =>
        {
            _world.Trace.Add("the process has stopped");
            // Not while its last step runs.
            _world.Clock.Set(TimeSpan.Zero, () =>
            {
                if (process == _process)
                    End(process);
            });
        });
    }

    private void End(EngineProcess process)
    {
        _calls.Interrupted();
        process.Dispose();
        _process = null;
        foreach (var cloud in _clouds)
            cloud.CallersDied();
        _world.Clock.Set(_world.Random.Next(2) == 0 ? TimeSpan.Zero : _world.Between(TimeSpan.Zero, LongestDowntime), Start);
    }

    private ServerRecord? Row(string uid)
    {
        // The real store reads from memory: the answer is there at once.
        var all = _process!.Truth.ListAsync(ServerQuery.Everything, null, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return all.FirstOrDefault(server => server.Uid == uid);
    }

    private TimeSpan Window() => _world.Random.Next(3) == 0 ? TimeSpan.Zero : _world.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));

    private TimeSpan Drain() => _world.Random.Next(3) == 0 ? _world.Between(Second, TimeSpan.FromMinutes(3)) : TimeSpan.Zero;

    private SimulationResult Result(int seed) => new(
        seed, _world.Violation, _world.Trace.Digest, _world.Trace.Lines, _ledger.Acknowledged.Count,
        _clouds.Sum(cloud => cloud.Machines.Count), _calls.Count, _deaths, _steps, _world.Clock.Elapsed);
}
