namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// Counts the operations of a disk down to the one in which something is to happen. Writes of one file, one right after the other, count as one: how
/// many a database makes of a checkpoint hangs on its random indexes, and a lineage is to happen again all the same.
/// </summary>
internal sealed class Countdown
{
    private long _left = long.MaxValue;
    private int _more;
    private bool _isOnlyAtSyncs;
    private DiskOperation? _last;

    /// <param name="operation">Which operation from now on: 1 is the next.</param>
    /// <param name="onlyAtSyncs">Wait for the first sync from there on.</param>
    /// <param name="more">Where it is a write: how many writes of those that count as one are let through before.</param>
    public void Set(long operation, bool onlyAtSyncs, int more) => (_left, _isOnlyAtSyncs, _more, _last) = (operation, onlyAtSyncs, more, null);

    public void Stop() => _left = long.MaxValue;

    /// <summary>Counts an operation. True: it is the one.</summary>
    public bool Hits(DiskOperation operation)
    {
        if (_left == long.MaxValue)
            return false;
        if (_left > 0 && !(IsWrite(operation) && IsWrite(_last) && operation.Name == _last!.Value.Name))
            _left--;
        _last = operation;
        if (_left > 0 || (_isOnlyAtSyncs && !operation.IsSync) || (IsWrite(operation) && _more-- > 0))
            return false;
        Stop();
        return true;
    }

    private static bool IsWrite(DiskOperation? operation) => operation?.Kind == DiskOperationKind.Write;
}
