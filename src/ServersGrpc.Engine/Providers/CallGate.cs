namespace ServersGrpc.Engine.Providers;

/// <summary>
/// Lets only so many calls run at once, and only so many begin in a second in the long run (after a pause, a second's worth at once). The
/// others wait, in their order.
/// </summary>
internal sealed class CallGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
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
        await EnterAsync(new(IsNew: true), cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Gives the place of a call to others while it only waits. What goes on goes on before what is new.</summary>
    public async Task StepAsideAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        Leave();
        try
        {
            await Task.Delay(pause, _time, cancellationToken);
            await EnterAsync(new(IsNew: false), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The call has its place to give back when it ends, whether there is one or not.
            lock (_lock)
                _free--;
            throw;
        }
    }

    private async Task EnterAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.IsNew)
                _waiting.AddLast(waiter);
            else
                _waiting.AddFirst(waiter);
        }
        Admit();
        await using var left = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (_waiting.Remove(waiter))
                    waiter.Turn.SetCanceled(cancellationToken);
            }
        });
        await waiter.Turn.Task;
    }

    private void Leave()
    {
        lock (_lock)
            _free++;
        Admit();
    }

    private void Admit()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_counted, now).TotalSeconds * _callsPerSecond));
            _counted = now;
            while (_waiting.First is { Value: var next } && _free > 0 && (!next.IsNew || _tokens >= 1))
            {
                _waiting.RemoveFirst();
                _free--;
                _tokens -= next.IsNew ? 1 : 0;
                next.Turn.SetResult();
            }
            if (_waiting.Count > 0 && _free > 0)
                _timer.Change(TimeSpan.FromSeconds((1 - _tokens) / _callsPerSecond) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    /// <param name="IsNew">Whether a call begins, which the rate is about, or goes on.</param>
    private sealed record Waiter(bool IsNew)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
