using LiteDB;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>What a database says of its size, and what it keeps of the disk.</summary>
public class LiteFileSizeTests
{
    [Fact]
    public void FreePages_ThingsDeletedAndWritten_AreTrueAtEachCheckpoint()
    {
        var sample = SampleDatabase.Closed(60);
        using var file = sample.Open();
        var pages = file.Pages;
        Assert.InRange(file.FreePages, 0, 5);

        Delete(file, 50);
        file.Checkpoint();
        var free = file.FreePages;
        Assert.InRange(free, pages / 3, pages);
        Assert.Equal(pages, file.Pages);

        Insert(file, 20);
        file.Checkpoint();
        Assert.InRange(file.FreePages, 0, free - 1);
        AssertSameWhenReopened(sample, file);
    }

    [Fact]
    public void FreePages_LastDeletionsAreInTheLog_AreTrueWhenOpened()
    {
        var sample = SampleDatabase.Closed(60);
        using (var file = sample.Open())
            Delete(file, 50);

        using var killed = sample.Open();

        Assert.InRange(killed.FreePages, killed.Pages / 3, killed.Pages);
        AssertSameWhenReopened(sample, killed);
    }

    [Fact]
    public void Checkpoint_LogIsLong_KeepsTheBeginningOfItsFile()
    {
        var sample = SampleDatabase.Closed();
        using var file = sample.Open();
        sample.Write(file, 30);
        // As if much more had been written before.
        using (var log = sample.Disk.Open(SampleDatabase.Log))
            log.SetLength(LogStream.Kept + 50_000);

        file.Checkpoint();

        Assert.Equal(LogStream.Kept, sample.Content(SampleDatabase.Log).Length);
        sample.Write(file, 30);
        file.Dispose();
        sample.HasEverything();
    }

    [Fact]
    public void CutLog_AfterWrites_LeavesTheHeaderAlone()
    {
        var sample = SampleDatabase.Closed();
        using var file = sample.Open();
        sample.Write(file, 5);

        file.CutLog();

        Assert.Equal(LogHeader.Length, sample.Content(SampleDatabase.Log).Length);
        sample.Write(file, 1);
        file.Dispose();
        sample.HasEverything();
    }

    private static void AssertSameWhenReopened(SampleDatabase sample, LiteFile file)
    {
        var sizes = (file.Pages, file.FreePages);
        file.Close();
        using var again = sample.Open();
        Assert.Equal(sizes, (again.Pages, again.FreePages));
    }

    private static void Delete(LiteFile file, int count)
    {
        file.Engine.BeginTrans();
        file.Engine.Delete("things", Enumerable.Range(1, count).Select(id => new BsonValue(id)));
        file.Commit();
    }

    private static void Insert(LiteFile file, int count)
    {
        file.Engine.BeginTrans();
        file.Engine.Insert("things", [.. Enumerable.Range(1000, count).Select(SampleDatabase.Thing)], BsonAutoId.Int32);
        file.Commit();
    }
}
