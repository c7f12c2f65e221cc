namespace ServersGrpc.Simulation.Clock;

/// <summary>
/// Runs tasks one by one, on the thread that asks for it and in an order that the random draws: as threads might, but the same every time.
/// </summary>
internal sealed class StepScheduler(Random random) : TaskScheduler
{
    private readonly Lock _lock = new();
    private readonly List<Task> _waiting = [];

    /// <summary>Runs one of the tasks that wait. False when none does.</summary>
    public bool RunOne()
    {
        Task next;
        lock (_lock)
        {
            if (_waiting.Count == 0)
                return false;
            var i = random.Next(_waiting.Count);
            next = _waiting[i];
            _waiting.RemoveAt(i);
        }
        return TryExecuteTask(next);
    }

    protected override void QueueTask(Task task)
    {
        lock (_lock)
            _waiting.Add(task);
    }

    // Every continuation is a step of its own: a place where another may come first, or the process may die.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _waiting];
}
