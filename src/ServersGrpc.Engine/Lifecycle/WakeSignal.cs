namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Tells a loop that there may be something to do. Whoever sets it is never held up by what follows.</summary>
internal sealed class WakeSignal(TaskScheduler scheduler)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _set = new();

    /// <summary>Ends when it is set, or already was since the last reset.</summary>
    public Task Task
    {
        get
        {
            lock (_lock)
                return _set.Task;
        }
    }

    public void Set()
    {
        TaskCompletionSource set;
        lock (_lock)
            set = _set;
        if (!set.Task.IsCompleted)
            System.Threading.Tasks.Task.Factory.StartNew(() => set.TrySetResult(), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    public void Reset()
    {
        lock (_lock)
            _set = new();
    }
}
