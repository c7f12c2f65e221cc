using System.Text.Json;

namespace ServersGrpc.FakeCloud.State;

/// <summary>Things by key. Each change is part of the change that the world commits next.</summary>
/// <param name="keys">Which keys are the same; null: those that are equal.</param>
internal sealed class Table<T>(string name, World world, IEqualityComparer<string>? keys = null) : ITable
    where T : class
{
    private readonly Dictionary<string, T> _things = new(keys);

    public string Name => name;

    public IReadOnlyCollection<T> All => _things.Values;

    public IEnumerable<KeyValuePair<string, T>> Pairs => _things;

    public T? Find(string key) => _things.GetValueOrDefault(key);

    public void Save(string key, T thing)
    {
        _things[key] = thing;
        world.Record(Entry(key, thing));
    }

    public void Remove(string key)
    {
        if (_things.Remove(key)) world.Record(new JournalEntry(name, key, Value: null));
    }

    public void Load(JournalEntry entry)
    {
        if (entry.Value is { } value)
            _things[entry.Key] = value.Deserialize<T>(Json.Options)!;
        else
            _things.Remove(entry.Key);
    }

    public IEnumerable<JournalEntry> Entries() => _things.Select(pair => Entry(pair.Key, pair.Value));

    private JournalEntry Entry(string key, T thing) => new(name, key, JsonSerializer.SerializeToElement(thing, Json.Options));
}
