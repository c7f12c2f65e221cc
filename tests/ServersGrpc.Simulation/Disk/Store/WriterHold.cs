using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>
/// Keeps a store's writer waiting, so that what is asked for meanwhile is taken up together. The means is a change that changes nothing and takes
/// its time for that.
/// </summary>
internal sealed class WriterHold : IDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _change;

    /// <summary>Returns when the writer waits, or the store fails.</summary>
    /// <param name="store">Open.</param>
    /// <param name="server">The name of any server.</param>
    public WriterHold(IStorageEngine store, string server)
    {
        _change = store.ChangeAsync(server, Hold, CancellationToken.None);
        Task.WaitAny(_begun.Task, _change);

        ServerSave? Hold(Engine.Servers.ServerRecord _)
        {
            _begun.SetResult();
            _released.Wait();
            return null;
        }
    }

    /// <summary>Lets the writer go on.</summary>
    public void Dispose()
    {
        _released.Set();
        Task.WaitAny(_change);
        _released.Dispose();
    }
}
