using System.Diagnostics;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>
/// Ten thousand running servers beside a tenth of them: the start, a round of probes, a search for orphans, and a claim when nothing is due.
/// Machines answer at once: what time is left is the service's own.
/// </summary>
internal sealed class FleetBenchmark : IBenchmark
{
    private const int Few = 1_000;
    private const int Many = 10_000;
    private const int Sweeps = 10;
    private const double MostGrowthOfAClaim = 1.5;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public string Name => "fleet";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        var few = await MeasureAsync(Few, cancellationToken);
        var many = await MeasureAsync(Many, cancellationToken);
        report.Add(new($"start until listening, {Many} servers", Milliseconds(many.Start), Text(few.Start), many.Start / few.Start));
        report.Add(new($"a probe of each of {Many} servers", Milliseconds(many.Round), Text(few.Round), many.Round / few.Round));
        report.Add(new($"a search for orphans among {Many}", Milliseconds(many.Sweep), Text(few.Sweep), many.Sweep / few.Sweep));
        report.Add(new(
            $"a claim, nothing due, {Many} servers, p50", Milliseconds(many.Claim), Text(few.Claim), many.Claim / few.Claim,
            Bar.Below(many.Claim / few.Claim, MostGrowthOfAClaim)));
        report.Note(Report.Text($"Fleet: a round of {Many} probes that answer at once takes {many.RoundCpu / Many:0.000} ms of a core a server; the reference has {Few} servers."));

        string Text(double milliseconds) => $"{Milliseconds(milliseconds)} ({Few} servers)";
    }

    private static async Task<Cost> MeasureAsync(int count, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        double round, roundCpu, sweep, claim;
        await using (var engine = new EngineHost(data.Path, new()))
        {
            await RunningServers.AddAsync(engine, count, cancellationToken);
            claim = await Claims.MeasureAsync(engine, cancellationToken);
            sweep = await SweepAsync(engine, cancellationToken);
            (round, roundCpu) = await RoundAsync(engine, count, cancellationToken);
        }
        using var service = await Service.StartAsync(data.Path);
        return new((await service.Process.Started).TotalMilliseconds, round, roundCpu, sweep, claim);
    }

    private static async Task<double> SweepAsync(EngineHost engine, CancellationToken cancellationToken)
    {
        var sweeps = new List<double>();
        for (var i = 0; i < Sweeps; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await engine.Sweep.RunAsync(engine.Provider.Name, cancellationToken);
            sweeps.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return new Samples(sweeps).Median;
    }

    private static async Task<(double Elapsed, double Cpu)> RoundAsync(EngineHost engine, int count, CancellationToken cancellationToken)
    {
        await engine.StartLifecycleAsync(cancellationToken);
        var (began, cpu, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, engine.Probe.Probes);
        // As after a clock that was set back: all of them are due at once.
        var earlier = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        await engine.Store.ClaimAsync(new("bench", earlier, earlier + TimeSpan.FromMinutes(1)), 0, _ => 0, cancellationToken);
        while (engine.Probe.Probes < before + count)
            await Task.Delay(Look, cancellationToken);
        return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    private static string Milliseconds(double value) => Report.Text($"{value:0.0} ms");

    /// <summary>Milliseconds.</summary>
    private sealed record Cost(double Start, double Round, double RoundCpu, double Sweep, double Claim);
}
