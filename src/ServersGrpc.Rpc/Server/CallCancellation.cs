namespace ServersGrpc.Rpc.Server;

/// <summary>Joins what can end a call before its method does, and remembers which of it did.</summary>
internal sealed class CallCancellation : IDisposable
{
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _source;
    private readonly HttpServerCallContext _call;
    private readonly ITimer? _deadline;
    private volatile bool _deadlinePassed;

    /// <param name="call">Told when its deadline passes.</param>
    /// <param name="aborted">Cancelled when the caller goes away.</param>
    /// <param name="stopping">Cancelled when the service stops; none for calls that are left to finish.</param>
    /// <param name="timeout">How long the caller waits; null for ever.</param>
    /// <param name="time">Measures it.</param>
    public CallCancellation(
        HttpServerCallContext call,
        CancellationToken aborted,
        CancellationToken stopping,
        TimeSpan? timeout,
        TimeProvider time)
    {
        _call = call;
        _aborted = aborted;
        _source = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        if (timeout is { } dueTime)
            _deadline = time.CreateTimer(static state => ((CallCancellation)state!).PassDeadline(), this, dueTime, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    public CancellationCause Cause =>
        !_source.IsCancellationRequested ? CancellationCause.None
        : _aborted.IsCancellationRequested ? CancellationCause.CallerGone
        : _deadlinePassed ? CancellationCause.DeadlinePassed
        : CancellationCause.Stopping;

    public void Dispose()
    {
        _deadline?.Dispose();
        _source.Dispose();
    }

    private void PassDeadline()
    {
        _deadlinePassed = true;
        // First the answer: what the token cancels may run, or block, right here.
        _call.OnDeadlinePassed();
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended while its deadline passed.
        }
    }
}
