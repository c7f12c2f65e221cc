using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// A directory on a disk that keeps no more than POSIX promises. When power is lost, writes, lengths, creations, renames and deletions that
/// were not synced are lost, torn or reordered. The same seed and the same operations give the same disk.
/// </summary>
internal sealed class SimulatedDisk : IStoreDirectory
{
    private const int Modes = (int)LossMode.AnySectors + 1;

    private readonly SortedDictionary<string, FileContent> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FileContent> _durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pending = [];

    public SimulatedDisk(int seed) => Random = new(seed);

    public PowerSwitch Power { get; } = new();

    public DiskFaults Faults { get; } = new();

    /// <summary>The mode of the loss that this disk comes from.</summary>
    public LossMode? Loss { get; private init; }

    /// <summary>One for the disk and its files: readers and the writer are different threads.</summary>
    internal Lock Lock { get; } = new();

    internal Random Random { get; }

    public string PathOf(string name) => "/simulated/" + name;

    public bool Exists(string name)
    {
        lock (Lock)
            return _seen.ContainsKey(name);
    }

    public IStoreFile Open(string name)
    {
        lock (Lock)
        {
            if (_seen.TryGetValue(name, out var content))
                return new SimulatedFile(this, name, content);
            content = new();
            Change(new(DiskOperationKind.Create, name), new(content, name));
            return new SimulatedFile(this, name, content);
        }
    }

    public void Rename(string from, string to)
    {
        lock (Lock)
        {
            if (!_seen.TryGetValue(from, out var content))
                throw new FileNotFoundException($"Could not find file '{PathOf(from)}'.", PathOf(from));
            Change(new(DiskOperationKind.Rename, from), new(content, to));
        }
    }

    public void Delete(string name)
    {
        lock (Lock)
        {
            if (_seen.TryGetValue(name, out var content))
                Change(new(DiskOperationKind.Delete, name), new(content, null));
        }
    }

    public void Sync()
    {
        lock (Lock)
        {
            var operation = new DiskOperation(DiskOperationKind.SyncDirectory, "");
            if (Power.Cuts(operation))
                throw new PowerLostException();
            if (Faults.Hits(operation))
                throw DiskFaults.InputOutput(PathOf(""));
            _pending.ForEach(change => change.ApplyTo(_durable));
            _pending.Clear();
        }
    }

    /// <summary>The disk as the machine finds it when it has power again; this one is off from now on.</summary>
    /// <param name="mode">What is kept of the directory and of every file; null: drawn, sometimes another one for a file.</param>
    public SimulatedDisk AfterLoss(LossMode? mode = null)
    {
        lock (Lock)
        {
            Power.CutNow();
            var drawn = mode ?? DrawMode();
            var after = new SimulatedDisk(Random.Next()) { Loss = drawn };
            var names = new SortedDictionary<string, FileContent>(_durable, StringComparer.Ordinal);
            KeptChanges(drawn).ForEach(change => change.ApplyTo(names));
            foreach (var (name, content) in names)
            {
                var found = content.AfterLoss(mode ?? (Random.Next(3) == 0 ? DrawMode() : drawn), Branch());
                after._durable[name] = found;
                after._seen[name] = found;
            }

            return after;
        }
    }

    /// <summary>Draws of their own: how many are made of them changes none that come later.</summary>
    internal Random Branch()
    {
        // Mixed, as MurmurHash does in the end: generators of seeds that are drawn one from another draw alike.
        var seed = unchecked((uint)Random.Next());
        seed = unchecked((seed ^ (seed >> 16)) * 0x85EB_CA6B);
        seed = unchecked((seed ^ (seed >> 13)) * 0xC2B2_AE35);
        return new(unchecked((int)(seed ^ (seed >> 16))));
    }

    internal LossMode DrawMode() => (LossMode)Random.Next(Modes);

    private List<NameChange> KeptChanges(LossMode mode)
    {
        var keep = mode switch
        {
            LossMode.Nothing => 0,
            LossMode.Everything => 1,
            _ => Random.NextDouble(),
        };
        var first = mode == LossMode.InOrder ? Random.Next(_pending.Count + 1) : -1;
        return [.. _pending.Where((_, i) => first >= 0 ? i < first : Random.NextDouble() < keep)];
    }

    private void Change(DiskOperation operation, NameChange change)
    {
        var isLast = Power.Cuts(operation);
        if (Faults.Hits(operation))
            throw DiskFaults.InputOutput(PathOf(operation.Name));
        if (operation.Kind == DiskOperationKind.Create && Faults.LacksRoom(operation))
            throw DiskFaults.NoSpace(PathOf(operation.Name));
        change.ApplyTo(_seen);
        _pending.Add(change);
        if (isLast)
            throw new PowerLostException();
    }
}
