using System.Runtime.Versioning;
using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb.Files;

[UnsupportedOSPlatform("windows")]
public sealed class LiteFileTests : IDisposable
{
    private const string Name = "test.litedb";
    private const string Log = Name + "-log";

    private readonly TemporaryDirectory _directory = new();

    private string DataPath => _directory.File(Name);

    private string LogPath => _directory.File(Log);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Close_ThenOpen_EverythingIsThereAndOneFileRemains()
    {
        using (var file = Open())
        {
            Write(file, 1, 300);
            file.Checkpoint();
            Write(file, 301, 100);
            file.Close();
        }

        Assert.Equal([DataPath], Directory.GetFiles(_directory.Path));
        using var again = Open();
        Assert.Equal(Enumerable.Range(1, 400), Ids(again));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    public void Dispose_AsAKill_LosesNothingThatWasCommitted(int checkpointAt)
    {
        using (var file = Open())
        {
            for (var i = 1; i <= 20; i++)
            {
                Write(file, i, 1);
                if (i == checkpointAt)
                    file.Checkpoint();
            }
            // Not committed.
            file.Engine.BeginTrans();
            file.Engine.Insert("things", [Thing(999)], BsonAutoId.Int32);
        }

        using var again = Open();
        Assert.Equal(Enumerable.Range(1, 20), Ids(again));
    }

    [Fact]
    public void Close_LiteDbsOwnTools_OpenTheFile()
    {
        using (var file = Open())
        {
            Write(file, 1, 50);
            file.Close();
        }

        using var database = new LiteDatabase(new ConnectionString { Filename = DataPath, ReadOnly = true });
        Assert.Equal(50, database.GetCollection("things").Count());
    }

    [Fact]
    public void Open_New_IsItsOwnersAlone()
    {
        using var file = Open();

        Assert.All(Directory.GetFiles(_directory.Path), path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void Open_AnotherProgramsFiles_AreRefusedAndAsTheyWere()
    {
        var random = new byte[40_000];
        new Random(1).NextBytes(random);
        foreach (var content in (byte[][])[[], "hello"u8.ToArray(), new byte[16_384], random, Foreign()])
        {
            File.WriteAllBytes(DataPath, content);
            Assert.Contains(DataPath, Refused());
        }
    }

    [Fact]
    public void Open_NewerFormat_IsRefusedWithBothVersions()
    {
        Made();
        Change(DataPath, 59, _ => 9);

        Assert.Contains("file format 9; this program knows 8", Refused());
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(100)]
    [InlineData(40_960)]
    public void Open_CutOff_IsRefused(int by)
    {
        Made();
        using (var stream = new FileStream(DataPath, FileMode.Open))
            stream.SetLength(stream.Length - by);

        Assert.Contains("cut off", Refused());
    }

    [Fact]
    public void Open_LogTakenAway_IsRefused()
    {
        Killed();
        File.Delete(LogPath);

        Assert.Contains($"{LogPath} is missing", Refused());
    }

    [Fact]
    public void Open_DataFileTakenAway_IsRefusedAndNoneIsMade()
    {
        Killed();
        File.Delete(DataPath);

        Assert.Contains($"{DataPath} is missing", Refused());
    }

    [Fact]
    public void Open_LogOfAnotherDatabase_IsRefused()
    {
        Killed();
        var other = File.ReadAllBytes(LogPath);
        File.Delete(LogPath);
        File.Delete(DataPath);
        Killed();
        File.WriteAllBytes(LogPath, other);

        Assert.Contains($"{LogPath} does not belong to {DataPath}", Refused());
    }

    [Fact]
    public void Open_BackupBesideALaterLog_IsRefused()
    {
        using (var file = Open())
        {
            Write(file, 1, 10);
            file.Checkpoint();
            using var copy = new DiskFile(_directory.File("backup"));
            file.CopyTo(copy, "copy", () => { });
            file.Checkpoint();
            Write(file, 11, 10);
        }
        File.Move(_directory.File("backup"), DataPath, overwrite: true);

        Assert.Contains("backup that was restored", Refused());
        File.Delete(LogPath);
        using var restored = Open();
        Assert.Equal(Enumerable.Range(1, 10), Ids(restored));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_AnyByteOfTheDataFileFlipped_IsRefusedOrUnused(bool isClosed)
    {
        if (isClosed)
            Made();
        else
            Killed();
        var random = new Random(20261130);
        var length = (int)new FileInfo(DataPath).Length;
        AssertNoDamagePasses(DataPath, Enumerable.Range(0, 400).Select(i => i < 100 ? i : random.Next(length)));
    }

    [Fact]
    public void Open_AnyByteOfTheLogFlipped_IsRefusedOrUnused()
    {
        Killed();
        var random = new Random(20261130);
        var length = (int)new FileInfo(LogPath).Length;
        // Of each header as well as of the last commit: what power cut off looks like that.
        AssertNoDamagePasses(LogPath, Enumerable.Range(0, 500).Select(i => i switch
        {
            < 64 => i,
            < 128 => 4096 + i - 64,
            < 192 => 8192 + i - 128,
            < 300 => length - 1 - random.Next(LogFrame.Length),
            _ => random.Next(length),
        }));
    }

    private void AssertNoDamagePasses(string path, IEnumerable<int> places)
    {
        var (data, log) = (File.ReadAllBytes(DataPath), File.Exists(LogPath) ? File.ReadAllBytes(LogPath) : null);
        foreach (var place in places)
        {
            File.WriteAllBytes(DataPath, data);
            if (log is not null)
                File.WriteAllBytes(LogPath, log);
            Change(path, place, b => (byte)(b ^ (1 << (place % 8))));
            var damaged = (File.ReadAllBytes(DataPath), File.Exists(LogPath) ? File.ReadAllBytes(LogPath) : null);
            try
            {
                using var file = Open();
                Assert.Equal(Enumerable.Range(1, 40), Ids(file));
            }
            catch (StoreOpenException e)
            {
                Assert.Contains(_directory.Path, e.Message);
                Assert.Equal(damaged.Item1, File.ReadAllBytes(DataPath));
                if (damaged.Item2 is not null)
                    Assert.Equal(damaged.Item2, File.ReadAllBytes(LogPath));
            }
            if (log is null)
                File.Delete(LogPath);
        }
    }

    /// <summary>A database that was closed, with 40 things.</summary>
    private void Made()
    {
        using var file = Open();
        for (var i = 1; i <= 40; i++)
            Write(file, i, 1);
        file.Close();
    }

    /// <summary>The same, but killed: the last 20 things are in the log alone.</summary>
    private void Killed()
    {
        using var file = Open();
        for (var i = 1; i <= 40; i++)
        {
            Write(file, i, 1);
            if (i == 20)
                file.Checkpoint();
        }
    }

    private string Refused()
    {
        var before = Directory.GetFiles(_directory.Path).ToDictionary(path => path, File.ReadAllBytes);
        var refused = Assert.Throws<StoreOpenException>(Open);
        Assert.Equal(before, Directory.GetFiles(_directory.Path).ToDictionary(path => path, File.ReadAllBytes));
        return refused.Message;
    }

    private static byte[] Foreign()
    {
        using var stream = new MemoryStream();
        using (var database = new LiteDatabase(stream))
        {
            database.GetCollection("theirs").Insert(Thing(1));
            database.Checkpoint();
        }
        return stream.ToArray();
    }

    private static void Change(string path, int at, Func<byte, byte> change)
    {
        using var stream = new FileStream(path, FileMode.Open);
        stream.Position = at;
        var value = (byte)stream.ReadByte();
        stream.Position = at;
        stream.WriteByte(change(value));
    }

    private LiteFile Open() => LiteFile.Open(
        new DiskDirectory(_directory.Path), Name, engine => engine.EnsureIndex("things", "name", BsonExpression.Create("$.name"), false), _ => { });

    private static void Write(LiteFile file, int first, int count)
    {
        file.Engine.BeginTrans();
        file.Engine.Insert("things", [.. Enumerable.Range(first, count).Select(Thing)], BsonAutoId.Int32);
        file.Commit();
    }

    private static BsonDocument Thing(int id) => new() { ["_id"] = id, ["name"] = $"thing {id}", ["body"] = new byte[200 + (id * 37 % 9000)] };

    private static IEnumerable<int> Ids(LiteFile file)
    {
        var ids = new List<int>();
        using var reader = file.Engine.Query("things", new Query());
        while (reader.Read())
            ids.Add(reader.Current["_id"]);
        return ids.Order();
    }
}
