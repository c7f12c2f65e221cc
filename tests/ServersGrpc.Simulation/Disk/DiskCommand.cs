using System.Diagnostics;

namespace ServersGrpc.Simulation.Disk;

/// <summary>The command line of the campaigns on a simulated disk: tells how they go, and how to see again what failed.</summary>
internal static class DiskCommand
{
    private const int MostFailures = 5;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    public static int Run(Arguments arguments)
    {
        using var end = new CancellationTokenSource(arguments.Time);
        var isWell = true;
        var powerLineages = PowerCampaign.LineagesFor(arguments.PowerLosses);
        if (powerLineages > 0)
            isWell &= Run("--power-loss", new PowerCampaign(DiskSubject.Make).Run, powerLineages, arguments, end.Token);
        if (arguments.FaultLineages > 0)
            isWell &= Run("--disk-faults", new FaultCampaign(DiskSubject.Make).Run, arguments.FaultLineages, arguments, end.Token);
        return isWell ? 0 : 1;
    }

    private static bool Run(
        string option, Func<int, LineageResult> run, long lineages, Arguments arguments, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{option}: {lineages} lineages, seeds from {arguments.Seed} on.");
        var began = Stopwatch.GetTimestamp();
        var reported = began;
        var total = CampaignCounts.None;
        var failed = LineageRunner.Run(run, arguments.Seed, lineages, MostFailures, Report, cancellationToken);
        Tell();
        Console.WriteLine(failed.Count == 0
            ? "No lineage failed."
            : $"{failed.Count} lineages failed. Replay one: build/simulate {option} 1 --trace --seed {failed[0].Seed}");
        return failed.Count == 0;

        void Report(LineageResult result, CampaignCounts counts)
        {
            total = counts;
            if (result.Violation is not null || arguments.ShowsTrace)
                Show(result);
            if (Stopwatch.GetElapsedTime(reported) < ReportInterval)
                return;
            reported = Stopwatch.GetTimestamp();
            Tell();
        }

        void Tell() => Console.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {total}.");
    }

    private static void Show(LineageResult result)
    {
        foreach (var line in result.History)
            Console.WriteLine($"  {line}");
        Console.WriteLine($"Seed {result.Seed}: {result.Violation ?? "well"}");
    }
}
