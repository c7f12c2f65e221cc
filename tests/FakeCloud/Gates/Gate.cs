using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Gates;

/// <summary>Stops one call at one point, tells who waits for it, and lets it go on or cuts it off when told to.</summary>
internal sealed class Gate(long id, GateOrder order)
{
    private readonly TaskCompletionSource<LoggedCall> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id => id;

    public GateOrder Order => order;

    /// <summary>Fitting calls so far.</summary>
    public int Seen { get; set; }

    /// <summary>The call that stands before it.</summary>
    public Task<LoggedCall> Reached => _reached.Task;

    /// <summary>Ends when the gate is opened; true: the call goes on.</summary>
    public Task<bool> StopAsync(LoggedCall call)
    {
        _reached.TrySetResult(call);
        return _opened.Task;
    }

    public void Open(bool goOn) => _opened.TrySetResult(goOn);
}
