namespace ServersGrpc.Rpc.OnePort;

/// <summary>Counts the connections that have not shown their protocol yet: no more than a number, and none left at the end.</summary>
internal sealed class UndecidedConnections(int max)
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One more than there are, until draining begins: so that zero is reached once, at the end.
    private int _count = 1;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= max + 1)
            return true;
        Exit();
        return false;
    }

    public void Exit()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _drained.TrySetResult();
    }

    /// <summary>Completes when every connection left. To be called once, when no more come.</summary>
    public Task DrainAsync()
    {
        Exit();
        return _drained.Task;
    }
}
