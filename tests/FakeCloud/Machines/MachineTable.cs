using System.Text.Json;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>Every machine that was ever made, with the living ones at hand: thousands of the others pile up behind them.</summary>
internal sealed class MachineTable(World world) : ITable
{
    private readonly SortedDictionary<long, Machine> _all = [];
    private readonly SortedDictionary<long, Machine> _present = [];

    public string Name => "machines";

    /// <summary>By age, the oldest first.</summary>
    public IEnumerable<Machine> All => _all.Values;

    /// <summary>Those that cost money.</summary>
    public IEnumerable<Machine> Living => _present.Values.Where(machine => machine.Destroyed is null);

    public Machine? Find(string cloud, long id) => _all.TryGetValue(id, out var machine) && machine.Cloud == cloud ? machine : null;

    /// <summary>The machines of a cloud as its listings have them now.</summary>
    public List<Machine> Listed(string cloud)
    {
        var now = world.Now;
        foreach (var gone in _present.Values.Where(machine => machine.Destroyed is not null && IsOver(machine, now)).ToList())
            _present.Remove(gone.Id);
        return [.. _present.Values.Where(machine => machine.Cloud == cloud && machine.IsListed(now))];
    }

    public void Save(Machine machine)
    {
        Keep(machine);
        world.Record(Entry(machine));
    }

    public void Load(JournalEntry entry) => Keep(entry.Value!.Value.Deserialize<Machine>(Json.Options)!);

    public IEnumerable<JournalEntry> Entries() => _all.Values.Select(Entry);

    private static bool IsOver(Machine machine, DateTimeOffset now) => now >= machine.ListedUntil && now >= machine.FoundUntil;

    private void Keep(Machine machine)
    {
        _all[machine.Id] = machine;
        _present[machine.Id] = machine;
    }

    private JournalEntry Entry(Machine machine) => new(Name, machine.Key, JsonSerializer.SerializeToElement(machine, Json.Options));
}
