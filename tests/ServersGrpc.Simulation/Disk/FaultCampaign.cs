namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// Stores whose disk fails now and then, or is full for a while, and whose process lives on: the store goes on by itself, if it can, or is let go
/// and opened again on the same disk. Now and then, and at the end of each lineage, power is lost.
/// </summary>
/// <param name="subjects">Makes the subject of a lineage, of its seed.</param>
internal sealed class FaultCampaign(Func<int, ISubject> subjects)
{
    private const int MostLives = 8;
    private const int MostSteps = 200;
    private const int FewSteps = 10;
    private const int StepsAtTheEnd = 20;
    private const int MostMore = 8;

    /// <summary>One lineage; the same again for the same seed.</summary>
    public LineageResult Run(int seed)
    {
        var subject = subjects(seed);
        var lineage = new Lineage(seed, subject);
        var random = lineage.Random;
        var disk = new SimulatedDisk(random.Next());
        var lives = random.Next(1, MostLives + 1);
        for (var life = 0; life < lives && lineage.Violation is null; life++)
        {
            // A full disk is sometimes full still when the store is opened again.
            var faults = disk.Faults;
            Action? opened = null;
            if (!faults.IsFull || random.Next(2) == 0)
            {
                faults.Clear();
                var choose = Draw(faults, random);
                if (random.Next(2) == 0)
                    choose();
                else
                    opened = choose;
            }

            var before = faults.Failed.Count;
            var stops = random.Next(6) == 0;
            // A short life ends before a checkpoint writes again what a failed sync left out.
            var steps = random.Next(random.Next(2) == 0 ? FewSteps : MostSteps);
            lineage.Live(disk, steps, () => faults.Failed.Count > before, opened, closes: stops, Mends);
            CountFaults();
            if (lineage.Violation is null && random.Next(3) == 0)
                disk = LoseInRecovery(lineage, disk);

            bool Mends()
            {
                if (!subject.RecoversByItself || random.Next(2) == 0)
                    return false;
                CountFaults();
                faults.Clear();
                before = 0;
                return true;
            }

            void CountFaults() => lineage.Counts = lineage.Counts with { Faults = lineage.Counts.Faults + faults.Failed.Count - before };
        }

        if (lineage.Violation is not null)
            return lineage.Result;
        disk = PowerCampaign.Lose(lineage, disk);
        lineage.Live(disk, StepsAtTheEnd, () => false, closes: true);
        if (lineage.Violation is null)
            lineage.Live(disk, steps: 1, () => false, closes: true);
        return lineage.Result;
    }

    /// <summary>Loses power while the store recovers from the last fault, or soon after.</summary>
    private static SimulatedDisk LoseInRecovery(Lineage lineage, SimulatedDisk disk)
    {
        disk.Faults.Clear();
        disk.Power.CutAt(lineage.Random.Next(1, lineage.Random.Next(2) == 0 ? 6 : 60));
        lineage.Live(disk, FewSteps, () => disk.Power.IsOut);
        return PowerCampaign.Lose(lineage, disk);
    }

    private static Action Draw(DiskFaults faults, Random random)
    {
        var operation = random.Next(1, random.Next(3) switch { 0 => 12, 1 => 60, _ => 300 });
        var (onlyAtSyncs, more) = (random.Next(2) == 0, random.Next(MostMore));
        return random.Next(5) == 0 ? () => faults.FillAt(operation) : () => faults.FailAt(operation, onlyAtSyncs, more);
    }
}
