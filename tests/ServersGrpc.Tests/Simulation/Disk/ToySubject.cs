using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.Simulation.Disk;

/// <summary>A <see cref="ToyStore"/> with its model. The value of a key is a function of its version.</summary>
internal sealed class ToySubject(ToyFlaw flaw) : ISubject
{
    private const int Keys = 12;
    private const int LongestValue = 9000;

    private readonly SortedDictionary<int, int> _model = [];
    private (int Key, int Version)? _underWay;
    private ToyStore? _store;
    private int _version;

    public long Acknowledged { get; private set; }

    public bool IsInCheckpoint { get; private set; }

    public void Open(IStoreDirectory directory) => _store = new(directory, flaw);

    public SubjectCheck Check()
    {
        var found = _store!.Values.ToDictionary(pair => pair.Key, pair => pair.Value.Version);
        foreach (var (key, (version, value)) in _store.Values)
        {
            if (!value.AsSpan().SequenceEqual(ValueOf(version)))
                return new($"the value of {key} is spoiled", 0);
        }

        var kept = _underWay is { } write && found.GetValueOrDefault(write.Key) == write.Version;
        if (kept)
            _model[_underWay!.Value.Key] = _underWay.Value.Version;
        _underWay = null;
        return found.OrderBy(pair => pair.Key).SequenceEqual(_model)
            ? new(null, kept ? 1 : 0)
            : new($"found {string.Join(' ', found.OrderBy(pair => pair.Key))}, not {string.Join(' ', _model)}", 0);
    }

    public void Work(Random random)
    {
        IsInCheckpoint = random.Next(20) == 0;
        if (IsInCheckpoint)
        {
            _store!.Checkpoint();
            IsInCheckpoint = false;
            return;
        }

        var (key, version) = (random.Next(Keys), ++_version);
        _underWay = (key, version);
        _store!.Put(key, version, ValueOf(version));
        _model[key] = version;
        _underWay = null;
        Acknowledged++;
    }

    public void Close()
    {
        _store!.Checkpoint();
        Drop();
    }

    public void Drop()
    {
        _store?.Dispose();
        _store = null;
    }

    private static byte[] ValueOf(int version)
    {
        var random = new Random(version);
        var value = new byte[random.Next(1, LongestValue)];
        random.NextBytes(value);
        return value;
    }
}
