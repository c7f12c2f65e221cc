using System.Diagnostics;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>The engine's own part of a provisioning: provider and probe answer at once; store, disk and lifecycle are the real ones.</summary>
internal sealed class EngineBenchmark : IBenchmark
{
    private const int Many = 100;
    private const int ManyRounds = 6;
    private const double BarMilliseconds = 20;

    public string Name => "engine";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        await using var engine = new EngineHost(directory.Path, new());
        await engine.StartLifecycleAsync(cancellationToken);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrivals = new Arrivals();
        var watch = WatchAsync(engine, arrivals, watching.Token);

        // Compiled code is what a service runs on, all but its first seconds.
        await RunAsync(engine, arrivals, Many, rounds: 3, cancellationToken);
        Add(report, 1, await RunAsync(engine, arrivals, 1, rounds: Many, cancellationToken));
        var before = Environment.CpuUsage.TotalTime;
        Add(report, Many, await RunAsync(engine, arrivals, Many, ManyRounds, cancellationToken));
        var each = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (Many * ManyRounds);
        report.Note(Report.Text(
            $"Engine: a server takes {each:0.00} ms of a core from call to running, {Keys.Measure().Median:0.00} ms of them for keys: {Many} at once keep {Environment.ProcessorCount} cores busy for {each * Many / Environment.ProcessorCount:0} ms at least."));
        await watching.CancelAsync();
        await watch;
    }

    private static void Add(Report report, int atOnce, IReadOnlyList<Life> lives)
    {
        var acknowledged = new Samples(lives.Select(life => life.FromAcknowledgement));
        var called = new Samples(lives.Select(life => life.FromCall));
        report.Add(new(
            $"engine, {atOnce} at once: acknowledged to running, p50",
            Report.Text($"{acknowledged.Median:0.0} ms (p99 {acknowledged.Percentile(99):0.0} ms)"),
            Bar: Bar.Below(acknowledged.Median, BarMilliseconds, "ms")));
        report.Add(new(
            $"engine, {atOnce} at once: call to running, p50", Report.Text($"{called.Median:0.0} ms (p99 {called.Percentile(99):0.0} ms)")));
    }

    private static async Task<IReadOnlyList<Life>> RunAsync(
        EngineHost engine, Arrivals arrivals, int atOnce, int rounds, CancellationToken cancellationToken)
    {
        var lives = new List<Life>();
        for (var round = 0; round < rounds; round++)
            lives.AddRange(await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(LiveAsync, cancellationToken))));
        return lives;

        async Task<Life> LiveAsync()
        {
            var called = Stopwatch.GetTimestamp();
            var server = await engine.Fleet.ProvisionAsync(new(), EngineHost.Caller, cancellationToken);
            var acknowledged = Stopwatch.GetTimestamp();
            var running = await arrivals.AtAsync(server.Name, ServerStates.Name(ServerState.Running)).WaitAsync(cancellationToken);
            return new(Stopwatch.GetElapsedTime(called, running).TotalMilliseconds, Stopwatch.GetElapsedTime(acknowledged, running).TotalMilliseconds);
        }
    }

    private static async Task WatchAsync(EngineHost engine, Arrivals arrivals, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in engine.Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromMinutes(1), cancellationToken))
            {
                if (change.Server is { } server)
                    arrivals.See(server.Name, ServerStates.Name(server.State));
            }
        }
        catch (OperationCanceledException e)
        {
            arrivals.End(e);
        }
    }

    /// <summary>Milliseconds until running.</summary>
    private sealed record Life(double FromCall, double FromAcknowledgement);
}
