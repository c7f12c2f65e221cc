namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// Stores whose machine loses power, again and again: while they are made, opened, recover, work and checkpoint. Everything
/// acknowledged must be there afterwards.
/// </summary>
/// <param name="subjects">Makes the subject of a lineage, of its seed.</param>
internal sealed class PowerCampaign(Func<int, ISubject> subjects)
{
    private const int LossesAtWork = 12;
    public const int LossesPerLineage = LossesAtWork + 1;
    private const int MostSteps = 10_000;
    private const int MostStepsToAStop = 50;
    private const int StepsAtTheEnd = 20;

    // A checkpoint writes its file in some pieces, one right after the other.
    private const int MostMore = 8;

    /// <summary>How many lineages have so many losses.</summary>
    public static long LineagesFor(long losses) => (losses + LossesPerLineage - 1) / LossesPerLineage;

    /// <summary>One lineage; the same again for the same seed.</summary>
    public LineageResult Run(int seed)
    {
        var lineage = new Lineage(seed, subjects(seed));
        var random = lineage.Random;
        var disk = new SimulatedDisk(random.Next());
        for (var life = 0; life < LossesAtWork && lineage.Violation is null; life++)
        {
            var power = disk.Power;
            var (operation, onlyAtSyncs, more, inOpening) = Draw(random);
            if (inOpening)
                power.CutAt(operation, onlyAtSyncs, more);
            var stops = random.Next(8) == 0;
            var steps = stops ? random.Next(MostStepsToAStop) : MostSteps;
            lineage.Live(disk, steps, () => power.IsOut, opened: inOpening ? null : () => power.CutAt(operation, onlyAtSyncs, more), closes: stops);
            disk = Lose(lineage, disk);
        }

        // In the end it works on, stops cleanly, and finds everything again, even after one more loss.
        if (lineage.Violation is null)
        {
            lineage.Live(disk, StepsAtTheEnd, () => false, closes: true);
            disk = Lose(lineage, disk);
        }

        if (lineage.Violation is null)
            lineage.Live(disk, steps: 1, () => false, closes: true);
        return lineage.Result;
    }

    internal static SimulatedDisk Lose(Lineage lineage, SimulatedDisk disk)
    {
        lineage.Counts = lineage.Counts with { Losses = lineage.Counts.Losses + 1 };
        return disk.AfterLoss();
    }

    // A store may need few or many operations to open. So most cuts are counted from then on.
    private static (int Operation, bool OnlyAtSyncs, int More, bool InOpening) Draw(Random random)
    {
        var inOpening = random.Next(3) == 0;
        var most = random.Next(4) switch { 0 => 12, 1 => 40, 2 => 150, _ => 350 };
        return (random.Next(1, most), random.Next(3) == 0, random.Next(MostMore), inOpening);
    }
}
