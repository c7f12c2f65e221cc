using System.Diagnostics;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Simulation.Kills;

namespace ServersGrpc.Simulation;

/// <summary>The command line: runs worlds, tells how it goes, and how to see again what failed.</summary>
internal static class Cli
{
    private const int MostFailures = 10;
    private const int LinesOfFailure = 40;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    public static int Explain()
    {
        Console.Error.WriteLine("Usage: build/simulate [--runs N] [--seed FIRST] [--seconds T] [--trace]");
        Console.Error.WriteLine("       build/simulate [--power-loss LOSSES] [--disk-faults LINEAGES] [--seed FIRST] [--seconds T] [--trace]");
        Console.Error.WriteLine("       build/simulate --kills KILLS [--seed SEED] [--seconds T]");
        return 2;
    }

    public static int Run(Arguments arguments)
    {
        if (arguments.Kills > 0)
            return Kill(arguments);
        if (arguments.IsAboutDisks)
            return DiskCommand.Run(arguments);
        Console.WriteLine($"Seeds from {arguments.Seed} on.");
        var count = (Runs: 0L, Servers: 0L, Machines: 0L, Calls: 0L, Deaths: 0L, Steps: 0L, Time: TimeSpan.Zero);
        var began = Stopwatch.GetTimestamp();
        var reported = began;
        var reports = new Lock();
        using var end = new CancellationTokenSource(arguments.Time);
        var failed = Campaign.Run(Seeds(arguments), MostFailures, Report, null, end.Token);
        Tell();
        Console.WriteLine(failed.Count == 0 ? "No run failed." : $"{failed.Count} runs failed. Replay one: build/simulate --runs 1 --trace --seed {failed[0].Seed}");
        return failed.Count == 0 ? 0 : 1;

        void Report(SimulationResult run)
        {
            lock (reports)
            {
                count = (count.Runs + 1, count.Servers + run.Servers, count.Machines + run.Machines, count.Calls + run.Calls,
                    count.Deaths + run.Deaths, count.Steps + run.Steps, count.Time + run.Elapsed);
                if (run.Violation is not null || arguments.ShowsTrace)
                    Show(run, arguments.ShowsTrace ? run.Trace.Count : LinesOfFailure);
                if (Stopwatch.GetElapsedTime(reported) < ReportInterval)
                    return;
                reported = Stopwatch.GetTimestamp();
                Tell();
            }
        }

        void Tell() => Console.WriteLine(
            $"{count.Runs} runs in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {count.Servers} servers, {count.Machines} machines, {count.Calls} calls, "
            + $"{count.Deaths} deaths, {count.Steps} steps, {count.Time.TotalDays:0} days.");
    }

    private static int Kill(Arguments arguments)
    {
        using var end = new CancellationTokenSource(arguments.Time);
        var (violation, kills, acknowledged) = KillCampaign.RunAsync(arguments.Kills, arguments.Seed, end.Token).GetAwaiter().GetResult();
        Console.WriteLine($"Seed {arguments.Seed}: {kills} kills, {acknowledged} acknowledged writes: {violation ?? "well"}");
        return violation is null ? 0 : 1;
    }

    private static IEnumerable<int> Seeds(Arguments arguments)
    {
        for (long i = 0; i < arguments.Runs; i++)
            yield return (int)((arguments.Seed + i) & int.MaxValue);
    }

    private static void Show(SimulationResult run, int lines)
    {
        foreach (var line in run.Trace.Skip(run.Trace.Count - lines))
            Console.WriteLine($"  {line}");
        Console.WriteLine($"Seed {run.Seed}: {run.Violation ?? "well"} (digest {run.Digest:x16})");
    }
}
