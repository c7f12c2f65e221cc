using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Faults;
using ServersGrpc.FakeCloud.Machines;

namespace ServersGrpc.FakeCloud.State;

/// <summary>
/// All that both clouds remember, guarded by one lock: whoever reads or writes holds <see cref="Lock"/>, and commits before its caller
/// hears of it.
/// </summary>
internal sealed class World : IDisposable
{
    private const string NextId = "next-id";
    private const string SettingsKey = "settings";
    private const long FirstId = 4_000_001;
    private const long GrowthBeforeCompaction = 64 * 1024 * 1024;

    private readonly List<JournalEntry> _pending = [];
    private readonly Journal _journal;
    private readonly ITable[] _tables;
    private readonly Table<FakeCloudSettings> _settings;
    private readonly Table<Counter> _counters;
    private readonly Table<Counter> _calls;

    public World(string directory, TimeProvider time)
    {
        Time = time;
        Machines = new MachineTable(this);
        UserData = new Table<string>("user-data", this);
        Actions = new Table<CloudAction>("actions", this);
        Resources = new Table<Resource>("resources", this, StringComparer.OrdinalIgnoreCase);
        Billed = new Table<BilledThing>("billed", this);
        Faults = new Table<ArmedFault>("faults", this);
        Chaos = new Table<Chaos>("chaos", this);
        _settings = new Table<FakeCloudSettings>("settings", this);
        _counters = new Table<Counter>("counters", this);
        _calls = new Table<Counter>("calls", this);
        _tables = [Machines, UserData, Actions, Resources, Billed, Faults, Chaos, _settings, _counters, _calls];

        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "journal.jsonl");
        var byName = _tables.ToDictionary(table => table.Name);
        foreach (var entry in Journal.Read(path)) byName[entry.Table].Load(entry);
        _journal = Journal.Create(path, Entries());
    }

    public Lock Lock { get; } = new();

    public TimeProvider Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public MachineTable Machines { get; }

    /// <summary>What the living machines were sent, by the machine's key.</summary>
    public Table<string> UserData { get; }

    public Table<CloudAction> Actions { get; }

    public Table<Resource> Resources { get; }

    public Table<BilledThing> Billed { get; }

    public Table<ArmedFault> Faults { get; }

    public Table<Chaos> Chaos { get; }

    public FakeCloudSettings Settings
    {
        get => _settings.Find(SettingsKey) ?? new FakeCloudSettings();
        set => _settings.Save(SettingsKey, value);
    }

    /// <summary>An id that nothing had before, in either cloud.</summary>
    public long NewId() => FirstId + NextOf(NextId);

    /// <summary>0, 1, 2 and so on, over all restarts.</summary>
    public long NextOf(string counter)
    {
        var next = _counters.Find(counter)?.Value ?? 0;
        _counters.Save(counter, new Counter(next + 1));
        return next;
    }

    public void CountCall(string cloud, string route)
    {
        var key = $"{cloud} {route}";
        _calls.Save(key, new Counter((_calls.Find(key)?.Value ?? 0) + 1));
    }

    /// <summary>How often each route was called, by "cloud route".</summary>
    public Dictionary<string, long> CallCounts() => _calls.Pairs.ToDictionary(pair => pair.Key, pair => pair.Value.Value);

    /// <summary>Adds to the change that <see cref="Commit"/> writes.</summary>
    public void Record(JournalEntry entry) => _pending.Add(entry);

    /// <summary>Makes all changes since the last commit outlive this process, together.</summary>
    public void Commit()
    {
        if (_pending.Count == 0) return;
        _journal.Append(_pending);
        _pending.Clear();
        if (_journal.Growth > GrowthBeforeCompaction) _journal.Compact(Entries());
    }

    public void Dispose() => _journal.Dispose();

    private IEnumerable<JournalEntry> Entries() => _tables.SelectMany(table => table.Entries());
}
