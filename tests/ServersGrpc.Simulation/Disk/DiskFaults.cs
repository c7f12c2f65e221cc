namespace ServersGrpc.Simulation.Disk;

/// <summary>What fails on a disk that has power: one operation, or all that need more room.</summary>
internal sealed class DiskFaults
{
    private const int NoSpaceCode = 28;
    private const int InputOutputCode = 5;

    private readonly Lock _lock = new();
    private readonly List<DiskOperation> _failed = [];
    private readonly Countdown _countdown = new();
    private bool _fills;

    /// <summary>What failed since the faults were chosen.</summary>
    public IReadOnlyList<DiskOperation> Failed
    {
        get
        {
            lock (_lock)
                return [.. _failed];
        }
    }

    /// <summary>No file may grow until <see cref="Clear"/>.</summary>
    public bool IsFull { get; private set; }

    /// <summary>One operation from now on fails, and the disk works again; see <see cref="Countdown"/>.</summary>
    /// <param name="operation">Which: 1 is the next.</param>
    /// <param name="onlyAtSyncs">Wait for the first sync from there on.</param>
    /// <param name="more">How many writes to let through there.</param>
    public void FailAt(long operation, bool onlyAtSyncs = false, int more = 0) => Choose(() => _countdown.Set(operation, onlyAtSyncs, more), fills: false);

    /// <summary>From an operation on, the disk is full until <see cref="Clear"/>.</summary>
    public void FillAt(long operation) => Choose(() => _countdown.Set(operation, onlyAtSyncs: false, more: 0), fills: true);

    public void Clear() => Choose(_countdown.Stop, fills: false);

    /// <summary>Counts an operation. True: it is the one that fails.</summary>
    public bool Hits(DiskOperation operation)
    {
        lock (_lock)
        {
            if (!_countdown.Hits(operation))
                return false;
            IsFull = _fills;
            return !_fills && Note(operation);
        }
    }

    /// <summary>Whether the disk is full for an operation that needs room.</summary>
    public bool LacksRoom(DiskOperation operation)
    {
        lock (_lock)
            return IsFull && Note(operation);
    }

    /// <summary>As .NET reports ENOSPC.</summary>
    public static IOException NoSpace(string path) => new($"No space left on device : '{path}'", NoSpaceCode);

    /// <summary>As .NET reports EIO.</summary>
    public static IOException InputOutput(string path) => new($"Input/output error : '{path}'", InputOutputCode);

    private bool Note(DiskOperation operation)
    {
        _failed.Add(operation);
        return true;
    }

    private void Choose(Action count, bool fills)
    {
        lock (_lock)
        {
            count();
            (_fills, IsFull) = (fills, false);
            _failed.Clear();
        }
    }
}
