namespace ServersGrpc.Engine.Providers;

/// <summary>
/// Lets only so many calls run at once, and only so many begin in a second in the long run (after a pause, a second's worth at once). The
/// others wait, in their order.
/// </summary>
internal sealed class CallGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private readonly int _places;
    private readonly double _burst;
    private readonly double _callsPerSecond;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _free;
    private double _tokens;
    private long _counted;

    public CallGate(int maxConcurrentCalls, double callsPerSecond, TimeProvider time)
    {
        (_places, _free, _callsPerSecond, _time) = (maxConcurrentCalls, maxConcurrentCalls, callsPerSecond, time);
        _tokens = _burst = Math.Max(1, callsPerSecond);
        _counted = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Admit(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many calls wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>How many calls run.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _places - _free;
        }
    }

    public async Task<T> InTurnAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            lock (_lock)
                _free++;
            Admit();
        }
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.AddLast(turn);
        Admit();
        await using var left = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (_waiting.Remove(turn))
                    turn.SetCanceled(cancellationToken);
            }
        });
        await turn.Task;
    }

    private void Admit()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_counted, now).TotalSeconds * _callsPerSecond));
            _counted = now;
            while (_waiting.First is { } next && _free > 0 && _tokens >= 1)
            {
                _waiting.RemoveFirst();
                _free--;
                _tokens--;
                next.Value.SetResult();
            }
            if (_waiting.Count > 0 && _free > 0)
                _timer.Change(TimeSpan.FromSeconds((1 - _tokens) / _callsPerSecond) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }
}
