using System.Diagnostics;

namespace ServersGrpc.Engine.Storage.Sqlite;

internal sealed class PendingWrite<T>(Func<WriteSession, T> write, long queued, CancellationToken cancellationToken) : IPendingWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public long Queued => queued;

    public ActivityContext Writer { get; } = CommitActivity.Writer;

    public Task<T> Done => _done.Task;

    public void Run(WriteSession session)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(cancellationToken);
            return;
        }
        try
        {
            _result = session.RunOne(write);
        }
        catch (Exception e) when (!SqliteFaults.IsOfTheDatabase(e))
        {
            _failure = e;
        }
    }

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
