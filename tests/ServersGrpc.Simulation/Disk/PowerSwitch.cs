namespace ServersGrpc.Simulation.Disk;

/// <summary>Cuts the power of one machine at an operation that was chosen before.</summary>
internal sealed class PowerSwitch
{
    private readonly Lock _lock = new();
    private readonly Countdown _countdown = new();
    private volatile bool _isOut;

    public bool IsOut => _isOut;

    /// <summary>The operation that power was lost in.</summary>
    public DiskOperation? CutIn { get; private set; }

    /// <summary>Loses power in an operation from now on; see <see cref="Countdown"/>.</summary>
    /// <param name="operation">Which: 1 is the next.</param>
    /// <param name="onlyAtSyncs">Wait for the first sync from there on: all of a commit is written then, and none of it is certain.</param>
    /// <param name="more">How many writes to let through there.</param>
    public void CutAt(long operation, bool onlyAtSyncs = false, int more = 0)
    {
        lock (_lock)
            _countdown.Set(operation, onlyAtSyncs, more);
    }

    public void CutNow() => _isOut = true;

    /// <summary>Counts an operation. True: power is lost in it. Its changes may reach the disk, and the caller throws.</summary>
    public bool Cuts(DiskOperation operation)
    {
        lock (_lock)
        {
            if (_isOut)
                throw new PowerLostException();
            if (!_countdown.Hits(operation))
                return false;
            CutIn = operation;
            _isOut = true;
            return true;
        }
    }
}
