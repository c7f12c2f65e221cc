using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>A database of things on a disk in memory.</summary>
internal sealed class SampleDatabase
{
    public const string Name = "test.litedb";
    public const string Log = Name + "-log";
    public const string Aside = Name + ".new";

    private static readonly string[] Names = [Name, Log, Aside];

    private SampleDatabase(SimulatedDisk disk, int things) => (Disk, Things) = (disk, things);

    public SimulatedDisk Disk { get; }

    /// <summary>How many things were committed; their ids are 1 to that number.</summary>
    public int Things { get; private set; }

    /// <summary>A database that was closed.</summary>
    public static SampleDatabase Closed(int things = 20)
    {
        var sample = new SampleDatabase(new(1), 0);
        using var file = sample.Open();
        sample.Write(file, things);
        file.Close();
        return sample;
    }

    /// <summary>A database whose process was killed: some things are in the data file, the last ones in the log alone.</summary>
    public static SampleDatabase Killed()
    {
        var sample = new SampleDatabase(new(1), 0);
        using var file = sample.Open();
        // A generation of before leaves its pages behind those of this one.
        sample.Write(file, 30);
        file.Checkpoint();
        sample.Write(file, 10);
        return sample;
    }

    /// <summary>The same files on another disk, certainly on it.</summary>
    public SampleDatabase Copy(int seed = 1)
    {
        var copy = new SampleDatabase(new(seed), Things);
        foreach (var name in Names.Where(Disk.Exists))
            copy.Put(name, Content(name));
        copy.Disk.Sync();
        return copy;
    }

    /// <summary>The same files on another disk, one of them changed.</summary>
    public SampleDatabase With(string name, Func<byte[], byte[]> change)
    {
        var copy = Copy();
        copy.Put(name, change(Content(name)));
        return copy;
    }

    /// <summary>The same files on another disk, but for one.</summary>
    public SampleDatabase Without(string name)
    {
        var copy = Copy();
        copy.Disk.Delete(name);
        return copy;
    }

    public LiteFile Open() =>
        LiteFile.Open(Disk, Name, engine => engine.EnsureIndex("things", "name", BsonExpression.Create("$.name"), false), _ => { });

    /// <summary>Commits so many things more, each by itself.</summary>
    public void Write(LiteFile file, int count)
    {
        for (var i = 0; i < count; i++)
        {
            file.Engine.BeginTrans();
            file.Engine.Insert("things", [Thing(Things + 1)], BsonAutoId.Int32);
            file.Commit();
            Things++;
        }
    }

    public static BsonDocument Thing(int id) => new() { ["_id"] = id, ["name"] = $"thing {id}", ["body"] = new byte[200 + (id * 37 % 9000)] };

    /// <summary>Checks that all that was committed is there, and nothing else.</summary>
    public void HasEverything(LiteFile file) => Assert.Equal(Enumerable.Range(1, Things), Ids(file));

    public void HasEverything()
    {
        using var file = Open();
        HasEverything(file);
    }

    public static IEnumerable<int> Ids(LiteFile file)
    {
        var ids = new List<int>();
        using var reader = file.Engine.Query("things", new Query());
        while (reader.Read())
            ids.Add(reader.Current["_id"]);
        return ids.Order();
    }

    /// <summary>Opens it, which must be refused and leave all files as they are. Returns what was said.</summary>
    public string Refused()
    {
        var before = Files();
        var refused = Assert.Throws<StoreOpenException>(Open);
        Assert.Equal(before, Files());
        Assert.Contains(Disk.PathOf(Name), refused.Message);
        return refused.Message;
    }

    public Dictionary<string, byte[]> Files() => Names.Where(Disk.Exists).ToDictionary(name => name, Content);

    public byte[] Content(string name)
    {
        using var file = Disk.Open(name);
        var content = new byte[file.Length];
        file.Read(0, content);
        return content;
    }

    public void Put(string name, byte[] content)
    {
        using var file = Disk.Open(name);
        file.SetLength(content.Length);
        file.Write(0, content);
        file.Sync();
    }
}
