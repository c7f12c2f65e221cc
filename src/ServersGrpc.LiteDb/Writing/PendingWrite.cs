using System.Diagnostics;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>A write, or work alone, that waits for the writer.</summary>
internal sealed class PendingWrite<T>(Func<WriteBatch, T>? write, Func<LiteSession, T>? alone, long queued, CancellationToken cancellationToken) : IPendingWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public long Queued => queued;

    public ActivityContext Writer { get; } = CommitActivity.Writer;

    public bool IsAlone => alone is not null;

    public Task<T> Done => _done.Task;

    public void Run(WriteBatch batch)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(cancellationToken);
            return;
        }
        try
        {
            _result = batch.RunOne(write!);
        }
        catch (Exception e)
        {
            // Nothing of the database is touched yet, so it is the write's own.
            _failure = e;
        }
    }

    public void RunAlone(LiteSession session) => _result = alone!(session);

    public void Complete()
    {
        if (_failure is null)
            _done.SetResult(_result!);
        else if (_failure is OperationCanceledException)
            _done.SetCanceled(cancellationToken);
        else
            _done.SetException(_failure);
    }

    public void Fail(Exception fault) => _done.SetException(fault);
}
