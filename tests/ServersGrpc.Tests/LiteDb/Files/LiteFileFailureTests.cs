using LiteDB;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>After a failure nothing more is written: what is on disk is not known.</summary>
public class LiteFileFailureTests
{
    [Fact]
    public void Commit_OperationFailed_NothingOfTheTransactionIsWritten()
    {
        var sample = SampleDatabase.Closed();
        using (var file = sample.Open())
        {
            file.Engine.BeginTrans();
            // The duplicate ends the transaction in silence; what follows would be committed by itself.
            Assert.Throws<LiteException>(() => file.Engine.Insert("things", [SampleDatabase.Thing(1)], BsonAutoId.Int32));
            file.Engine.Insert("things", [SampleDatabase.Thing(999)], BsonAutoId.Int32);

            Assert.Throws<InvalidOperationException>(file.Commit);

            AssertWritesNoMore(sample, file);
        }
        sample.HasEverything();
    }

    [Fact]
    public void Commit_SyncFails_NothingMoreIsWritten()
    {
        var sample = SampleDatabase.Closed();
        using var file = sample.Open();
        sample.Disk.Faults.FailAt(1, onlyAtSyncs: true);
        file.Engine.BeginTrans();
        file.Engine.Insert("things", [SampleDatabase.Thing(999)], BsonAutoId.Int32);

        Assert.Throws<IOException>(file.Commit);

        AssertWritesNoMore(sample, file);
    }

    [Fact]
    public void Checkpoint_WriteFails_NothingMoreIsWritten()
    {
        var sample = SampleDatabase.Closed();
        using (var file = sample.Open())
        {
            sample.Write(file, 1);
            sample.Disk.Faults.FailAt(1);

            Assert.Throws<IOException>(file.Checkpoint);

            AssertWritesNoMore(sample, file);
        }
        sample.HasEverything();
    }

    [Fact]
    public void Open_MakingItFails_NoDatabaseIsThere()
    {
        var sample = SampleDatabase.Closed().Without(SampleDatabase.Name);

        Assert.Throws<ArithmeticException>(
            () => LiteFile.Open(sample.Disk, SampleDatabase.Name, _ => throw new ArithmeticException(), _ => { }));

        Assert.False(sample.Disk.Exists(SampleDatabase.Name));
    }

    [Fact]
    public void Open_HalfOfANewOneIsThere_IsMadeAgain()
    {
        var half = SampleDatabase.Closed().Without(SampleDatabase.Name);
        half.Put(SampleDatabase.Aside, new byte[20_000]);

        using var file = half.Open();

        Assert.Empty(SampleDatabase.Ids(file));
        Assert.False(half.Disk.Exists(SampleDatabase.Aside));
    }

    [Fact]
    public void Query_PageWasDamagedSince_Fails()
    {
        var sample = SampleDatabase.Closed();
        using var file = sample.Open();
        using (var data = sample.Disk.Open(SampleDatabase.Name))
        {
            for (var page = 1; page < file.Pages; page++)
                data.Write((page * PageStream.PageSize) + 4000, [1, 2, 3, 4]);
        }

        var failed = Assert.Throws<PageFaultException>(() => SampleDatabase.Ids(file));
        Assert.IsType<DamagedFileException>(failed.InnerException);
    }

    private static void AssertWritesNoMore(SampleDatabase sample, LiteFile file)
    {
        var before = sample.Files();
        Assert.Throws<InvalidOperationException>(file.Commit);
        Assert.Throws<InvalidOperationException>(file.Checkpoint);
        Assert.Throws<InvalidOperationException>(file.CutLog);
        Assert.Throws<InvalidOperationException>(file.Close);
        file.Dispose();
        Assert.Equal(before, sample.Files());
    }
}
