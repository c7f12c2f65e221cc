using System.Collections.Concurrent;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>Puts on disk together what waits at the same time, as every store of ours does.</summary>
internal sealed class GroupCommit : IDisposable
{
    private const int MaxBatch = 256;

    private readonly BlockingCollection<TaskCompletionSource> _waiting = [];
    private readonly Thread _thread;

    /// <param name="write">Returns when so many units are on disk.</param>
    public GroupCommit(Action<int> write)
    {
        _thread = new(() =>
        {
            var batch = new List<TaskCompletionSource>();
            foreach (var first in _waiting.GetConsumingEnumerable())
            {
                batch.Add(first);
                while (batch.Count < MaxBatch && _waiting.TryTake(out var next))
                    batch.Add(next);
                write(batch.Count);
                batch.ForEach(unit => unit.SetResult());
                batch.Clear();
            }
        });
        _thread.Start();
    }

    public Task WriteAsync()
    {
        var unit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(unit);
        return unit.Task;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }
}
