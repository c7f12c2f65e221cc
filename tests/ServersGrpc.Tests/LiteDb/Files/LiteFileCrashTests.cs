using LiteDB;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>Crashes that chance would seldom meet: every failure of an end, and every loss of power in the opening that follows it.</summary>
public class LiteFileCrashTests
{
    private static readonly SampleDatabase Sample = SampleDatabase.Closed(2);

    [Theory]
    [InlineData(nameof(LossMode.Nothing))]
    [InlineData(nameof(LossMode.InOrder))]
    [InlineData(nameof(LossMode.AnySectors))]
    public void Open_AfterEveryFailedCloseAndEveryLossInOpening_HasEverything(string loss) => AfterEveryFault(Enum.Parse<LossMode>(loss), file => file.Close());

    [Theory]
    [InlineData(nameof(LossMode.Nothing))]
    [InlineData(nameof(LossMode.AnySectors))]
    public void Open_AfterEveryFailedCutAndEveryLossInOpening_HasEverything(string loss) => AfterEveryFault(Enum.Parse<LossMode>(loss), file => file.CutLog());

    [Fact]
    public void Open_FirstCommitOfALogIsTorn_WhatIsLeftOfItNeverCounts()
    {
        var torn = Sample.Copy();
        using (var file = torn.Open())
        {
            file.Engine.BeginTrans();
            file.Engine.Insert("others", [.. Enumerable.Range(1, 40).Select(SampleDatabase.Thing)], BsonAutoId.Int32);
            file.Commit();
        }
        // As if power had been lost within that commit: its first page is not there, and no mark says that it was.
        using (var log = torn.Disk.Open(SampleDatabase.Log))
            log.Write(LogHeader.Length - 4096, new byte[4096 + LogFrame.Length]);

        for (var life = 0; life < 3; life++)
        {
            using var file = torn.Open();
            Assert.Equal(0, file.LogLength);
            torn.Write(file, 1);
        }

        using var again = torn.Open();
        torn.HasEverything(again);
        Assert.DoesNotContain("others", again.Engine.GetCollectionNames());
    }

    /// <summary>Fails each operation of an end in turn, and loses power in each operation of the opening after it.</summary>
    private static void AfterEveryFault(LossMode loss, Action<LiteFile> end)
    {
        var (fault, wasHit) = (0, true);
        while (wasHit)
        {
            fault++;
            wasHit = AfterEveryLoss(loss, end, fault) > 0;
        }
        Assert.InRange(fault, 5, 30);
    }

    private static int AfterEveryLoss(LossMode loss, Action<LiteFile> end, int fault)
    {
        var (operation, failed, wasHit) = (0, 0, true);
        while (wasHit)
        {
            operation++;
            var before = Sample.Copy(seed: (fault * 100) + operation);
            using (var file = before.Open())
            {
                before.Write(file, 1);
                before.Disk.Faults.FailAt(fault);
                Try(() => end(file));
            }
            failed = before.Disk.Faults.Failed.Count;
            before.Disk.Faults.Clear();
            before.Disk.Power.CutAt(operation);
            Try(() => before.Open().Dispose());
            wasHit = before.Disk.Power.IsOut;

            using var again = LiteFile.Open(
                before.Disk.AfterLoss(loss), SampleDatabase.Name, _ => throw new InvalidDataException("The database is gone."), _ => { });
            before.HasEverything(again);
        }
        return failed;
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (IOException)
        {
            // The failure that was ordered.
        }
    }
}
