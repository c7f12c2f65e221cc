namespace ServersGrpc.Simulation.Disk;

/// <summary>Cuts the power of one machine at an operation that was chosen before.</summary>
internal sealed class PowerSwitch
{
    private readonly Lock _lock = new();
    private long _left = long.MaxValue;
    private bool _isOnlyAtSyncs;
    private volatile bool _isOut;

    public bool IsOut => _isOut;

    /// <summary>The operation that power was lost in.</summary>
    public DiskOperation? CutIn { get; private set; }

    /// <summary>Loses power in an operation from now on: 1 is the next.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="onlyAtSyncs">Wait for the first sync from there on: all of a commit is written then, and none of it is certain.</param>
    public void CutAt(long operation, bool onlyAtSyncs = false)
    {
        lock (_lock)
            (_left, _isOnlyAtSyncs) = (operation, onlyAtSyncs);
    }

    public void CutNow() => _isOut = true;

    /// <summary>Counts an operation. True: power is lost in it. Its changes may reach the disk, and the caller throws.</summary>
    public bool Cuts(DiskOperation operation)
    {
        lock (_lock)
        {
            if (_isOut)
                throw new PowerLostException();
            if (--_left > 0 || (_isOnlyAtSyncs && !operation.IsSync))
                return false;
            CutIn = operation;
            _isOut = true;
            return true;
        }
    }
}
