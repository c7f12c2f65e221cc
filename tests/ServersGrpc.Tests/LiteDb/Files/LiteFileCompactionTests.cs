using LiteDB;
using LiteDB.Engine;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.LiteDb.Files;

public class LiteFileCompactionTests
{
    private const int Deleted = 50;

    private static readonly SampleDatabase Sparse = NewSparse();

    [Fact]
    public void Compact_MostPagesAreFree_IsSmallerAndHasEverything()
    {
        var sample = Sparse.Copy();
        var file = sample.Open();
        var pages = file.Pages;

        using var compact = file.Compact(Make, NotFailed);

        Assert.InRange(compact.Pages, 1, pages / 2);
        Assert.InRange(compact.FreePages, 0, 5);
        Assert.Equal(Left(sample), SampleDatabase.Ids(compact));
        Assert.Equal([55], Find(compact, "thing 55"));
        Assert.Equal([SampleDatabase.Name, SampleDatabase.Log], sample.Files().Keys);
        sample.Write(compact, 1);
        compact.Dispose();
        using var again = sample.Open();
        Assert.Equal(Left(sample), SampleDatabase.Ids(again));
    }

    [Fact]
    public void Compact_ManyDocuments_HasAllOfThem()
    {
        var sample = SampleDatabase.Closed(1);
        var file = sample.Open();
        for (var first = 2; first < 3000; first += 500)
        {
            file.Engine.BeginTrans();
            file.Engine.Insert("things", [.. Enumerable.Range(first, 500).Select(SampleDatabase.Thing)], BsonAutoId.Int32);
            file.Commit();
        }
        var length = file.LogLength;

        using var compact = file.Compact(Make, NotFailed);

        // More than is kept in memory at once.
        Assert.InRange(length, 10 << 20, long.MaxValue);
        Assert.Equal(3001, SampleDatabase.Ids(compact).Count());
        Assert.Equal([2999], Find(compact, "thing 2999"));
    }

    [Theory]
    [InlineData(nameof(LossMode.Nothing))]
    [InlineData(nameof(LossMode.Everything))]
    [InlineData(nameof(LossMode.InOrder))]
    [InlineData(nameof(LossMode.AnySectors))]
    public void Compact_PowerIsLostAtAnyOperation_HasEverything(string loss)
    {
        var operation = 1;
        while (LosePowerAt(operation, Enum.Parse<LossMode>(loss), disk => disk) is { } after)
        {
            using var again = LiteFile.Open(after, SampleDatabase.Name, NotMade, _ => { });
            Assert.Equal(Left(Sparse), SampleDatabase.Ids(again));
            Assert.False(after.Exists(SampleDatabase.Aside));
            operation++;
        }
        Assert.InRange(operation, 15, 100);
    }

    [Fact]
    public void Compact_NewFileIsNotSynced_PowerLossTells()
    {
        var lost = 0;
        for (var operation = 1; operation < 40; operation++)
        {
            var after = LosePowerAt(operation, LossMode.Nothing, disk => new ForgetfulDirectory(disk, SampleDatabase.Aside));
            lost += after is not null && Record.Exception(() => LiteFile.Open(after, SampleDatabase.Name, NotMade, _ => { }).Dispose()) is not null ? 1 : 0;
        }
        Assert.InRange(lost, 1, 10);
    }

    [Fact]
    public void Compact_AnyOperationFails_GoesOnWithTheOldFileOrHasEverythingWhenOpened()
    {
        var (kept, dropped) = (0, 0);
        for (var operation = 1; ; operation++)
        {
            var sample = Sparse.Copy(operation);
            var isTold = false;
            using var file = sample.Open();
            sample.Disk.Faults.FailAt(operation);
            try
            {
                using var after = file.Compact(Make, _ => isTold = true);
                if (sample.Disk.Faults.Failed.Count == 0)
                    break;
                Assert.Same(file, after);
                Assert.True(isTold);
                Assert.False(sample.Disk.Exists(SampleDatabase.Aside));
                kept++;
                sample.Write(after, 1);
                Assert.Equal(Left(sample), SampleDatabase.Ids(after));
            }
            catch (IOException)
            {
                dropped++;
            }
            file.Dispose();
            sample.Disk.Faults.Clear();
            using var again = sample.Open();
            Assert.Equal(Left(sample), SampleDatabase.Ids(again));
        }
        // To create, to write and to sync the copy.
        Assert.Equal(3, kept);
        Assert.InRange(dropped, 10, 100);
    }

    [Fact]
    public void Open_CopyingWasCutOff_TakesWhatIsLeftAway()
    {
        var sample = Sparse.Copy();
        sample.Put(SampleDatabase.Aside, sample.Content(SampleDatabase.Name)[..40_000]);

        using var file = sample.Open();

        Assert.False(sample.Disk.Exists(SampleDatabase.Aside));
        Assert.Equal(Left(sample), SampleDatabase.Ids(file));
    }

    [Fact]
    public void Compact_MakeMakesOtherDocuments_IsNotTaken()
    {
        var sample = Sparse.Copy();
        using var file = sample.Open();
        Exception? failure = null;

        var after = file.Compact(
            engine =>
            {
                Make(engine);
                engine.Insert("things", [SampleDatabase.Thing(1)], BsonAutoId.Int32);
            }, e => failure = e);

        Assert.Same(file, after);
        Assert.Contains("does not hold what was copied", failure?.Message);
        Assert.Equal(Left(sample), SampleDatabase.Ids(file));
    }

    private static SampleDatabase NewSparse()
    {
        var sample = SampleDatabase.Closed(60);
        using var file = sample.Open();
        file.Engine.BeginTrans();
        file.Engine.Delete("things", Enumerable.Range(1, Deleted).Select(id => new BsonValue(id)));
        file.Commit();
        file.Close();
        return sample;
    }

    /// <summary>The disk after a loss of power in an operation of a compaction; null: it has not so many.</summary>
    private static SimulatedDisk? LosePowerAt(int operation, LossMode loss, Func<SimulatedDisk, IStoreDirectory> directory)
    {
        var disk = Sparse.Copy(operation).Disk;
        var file = LiteFile.Open(directory(disk), SampleDatabase.Name, NotMade, _ => { });
        disk.Power.CutAt(operation);
        try
        {
            file = file.Compact(Make, _ => { });
        }
        catch (IOException)
        {
            // The power is out.
        }
        file.Dispose();
        return disk.Power.IsOut ? disk.AfterLoss(loss) : null;
    }

    private static IEnumerable<int> Left(SampleDatabase sample) => Enumerable.Range(Deleted + 1, sample.Things - Deleted);

    private static IEnumerable<int> Find(LiteFile file, string name)
    {
        var query = new Query();
        query.Where.Add(BsonExpression.Create("$.name = @0", name));
        using var reader = file.Engine.Query("things", query);
        return [.. reader.ToEnumerable().Select(thing => thing["_id"].AsInt32)];
    }

    private static void Make(LiteEngine engine) => engine.EnsureIndex("things", "name", BsonExpression.Create("$.name"), false);

    private static void NotMade(LiteEngine engine) => throw new InvalidDataException("The database is gone.");

    private static void NotFailed(Exception failure) => Assert.Fail(failure.ToString());
}
