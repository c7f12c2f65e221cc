using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>Which log may stand beside which data file: never one of another copy, which went its own way.</summary>
public class LogNumberTests
{
    [Fact]
    public void Open_TwoCopiesOfAClosedFile_NeitherTakesTheOthersLog()
    {
        var one = SampleDatabase.Closed();
        var other = one.Copy();
        foreach (var copy in (SampleDatabase[])[one, other])
        {
            using var file = copy.Open();
            copy.Write(file, 1);
        }

        one.Put(SampleDatabase.Log, other.Content(SampleDatabase.Log));

        Assert.Contains("does not belong", one.Refused());
    }

    [Fact]
    public void Open_CopyOfARunningDatabaseBesideItsLog_IsRefused()
    {
        var original = SampleDatabase.Closed();
        using var file = original.Open();
        original.Write(file, 1);
        file.Checkpoint();
        var copied = original.Things;
        using (var copy = original.Disk.Open(SampleDatabase.Aside))
            file.CopyTo(copy, "copy", () => { });
        original.Write(file, 1);

        var restored = original.With(SampleDatabase.Name, _ => original.Content(SampleDatabase.Aside));

        Assert.Contains("does not belong", restored.Refused());
        using var alone = restored.Without(SampleDatabase.Log).Open();
        Assert.Equal(Enumerable.Range(1, copied), SampleDatabase.Ids(alone));
    }

    [Fact]
    public void Open_ClosedFileBesideALogOfBefore_IsRefused()
    {
        var sample = SampleDatabase.Killed();
        var log = sample.Content(SampleDatabase.Log);
        sample.Open().Close();
        using (var file = sample.Open())
            file.Close();

        sample.Put(SampleDatabase.Log, log);

        Assert.Contains("does not belong", sample.Refused());
    }

    [Fact]
    public void Open_ClosedFileBesideALogWithoutItsHeader_HasEverything()
    {
        var sample = SampleDatabase.Killed();
        var log = sample.Content(SampleDatabase.Log);
        sample.Open().Close();
        log.AsSpan(0, LogHeader.Length).Clear();

        sample.Put(SampleDatabase.Log, log);

        // As a start leaves it that loses power while it takes away what was in the log.
        sample.HasEverything();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(LogHeader.Length)]
    public void Open_ClosedFileBesideALogThatWasOnlyBegun_HasEverything(int length)
    {
        var sample = SampleDatabase.Closed();
        sample.Put(SampleDatabase.Log, new byte[length]);

        sample.HasEverything();
    }

    [Fact]
    public void Open_LogOfAnEarlierTime_IsRefused()
    {
        var sample = SampleDatabase.Killed();
        var early = sample.Content(SampleDatabase.Log);
        WorkOn(sample);

        Assert.Contains("does not belong", sample.With(SampleDatabase.Log, _ => early).Refused());
    }

    [Fact]
    public void Open_DataFileOfAnEarlierTime_IsRefused()
    {
        var sample = SampleDatabase.Killed();
        var early = sample.Content(SampleDatabase.Name);
        WorkOn(sample);

        Assert.Contains("does not belong", sample.With(SampleDatabase.Name, _ => early).Refused());
    }

    private static void WorkOn(SampleDatabase sample)
    {
        using var file = sample.Open();
        for (var i = 0; i < 3; i++)
        {
            sample.Write(file, 1);
            file.Checkpoint();
        }
    }
}
