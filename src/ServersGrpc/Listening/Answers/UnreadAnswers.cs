using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.Answers;

/// <summary>The unary answers of one connection that its caller has not read yet. A feature of every connection and its requests.</summary>
internal sealed class UnreadAnswers(AnswerBudget budget, ConnectionContext connection)
{
    // Few enough that what they make is not much more than what was read, and more than one, so that their number can grow.
    private const int NextForEach = 2;

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private long _bytes;
    private int _waits;
    private bool _hasLeft;

    public ConnectionContext Connection => connection;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Lets a call begin: at once as a rule, otherwise when earlier answers were read. <see cref="End"/> has to follow.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) =>
        Bytes <= budget.MaxPerConnection ? Task.CompletedTask : WaitAsync(cancellationToken);

    /// <summary>An answer is made, and begins to wait for its caller.</summary>
    public void Add(long bytes)
    {
        lock (_lock)
        {
            if (_hasLeft)
                return;
            _bytes += bytes;
        }
        budget.Count(bytes);
    }

    /// <summary>A call is over: its answer is read, or will never be.</summary>
    public void End(long bytes)
    {
        // Nobody waits as a rule. Who begins to at this moment waits for an answer that counts, whose end is still to come.
        if (bytes == 0 && Volatile.Read(ref _waits) == 0)
            return;
        lock (_lock)
        {
            if (_hasLeft)
                return;
            _bytes -= bytes;
            // All at once would all begin before the first of them has its answer.
            for (var next = 0; next < NextForEach && _bytes <= budget.MaxPerConnection && _waiting.TryDequeue(out var turn);)
                if (turn.TrySetResult())
                    next++;
            _waits = _waiting.Count;
        }
        if (bytes > 0)
            budget.Count(-bytes);
    }

    /// <summary>The connection goes, and all that waits on it counts no longer.</summary>
    /// <returns>How much that was; 0 when it had gone already.</returns>
    public long Leave()
    {
        long held;
        lock (_lock)
        {
            if (_hasLeft)
                return 0;
            _hasLeft = true;
            held = _bytes;
            foreach (var turn in _waiting)
                turn.TrySetResult();
            _waiting.Clear();
        }
        budget.Count(-held);
        return held;
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_hasLeft || _bytes <= budget.MaxPerConnection)
                return;
            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            _waits = _waiting.Count;
        }
        // It is the turn itself that is canceled: one that nobody waits for any more is passed over, and another has it.
        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn))
            await turn.Task;
    }
}
