using ServersGrpc.Simulation.Disk;
using ServersGrpc.Simulation.Disk.Store;
using Xunit.Abstractions;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>
/// The store, and its files alone, on disks that lose power and fail. The same seeds each time: a run of the suite is to tell of the change that it
/// is run for. build/simulate --power-loss and --disk-faults look for others.
/// </summary>
public class StorePowerTests(ITestOutputHelper output)
{
    private const int FirstSeed = 1;
    private const int PowerLineages = 32;
    private const int FaultLineages = 32;
    private const int LeastLosses = 300;

    [Fact]
    public void PowerCampaign_Store_KeepsWhatItAcknowledged()
    {
        var stores = Enumerable.Range(FirstSeed, PowerLineages).Count(seed => DiskSubject.Make(seed) is StoreSubject);
        Assert.InRange(stores * PowerCampaign.LossesPerLineage, LeastLosses, int.MaxValue);

        var counts = Run("--power-loss", new PowerCampaign(DiskSubject.Make).Run, PowerLineages);

        Assert.True(counts is { InOpening: > 0, InCheckpoint: > 0, KeptWhole: > 0 }, $"{counts}");
    }

    [Fact]
    public void FaultCampaign_Store_KeepsWhatItAcknowledgedAndRecovers()
    {
        var counts = Run("--disk-faults", new FaultCampaign(DiskSubject.Make).Run, FaultLineages);

        Assert.True(counts is { InOpening: > 0, InCheckpoint: > 0, Recoveries: > 0, KeptWhole: > 0 }, $"{counts}");
    }

    private CampaignCounts Run(string option, Func<int, LineageResult> run, int lineages)
    {
        var counts = CampaignCounts.None;
        var failed = LineageRunner.Run(run, FirstSeed, lineages, mostFailures: 1, (_, all) => counts = all, CancellationToken.None);

        output.WriteLine($"{counts}");
        foreach (var line in failed.SelectMany(result => result.History))
            output.WriteLine(line);
        Assert.Empty(failed.Select(result => $"build/simulate {option} 1 --trace --seed {result.Seed}: {result.Violation}"));
        return counts;
    }
}
