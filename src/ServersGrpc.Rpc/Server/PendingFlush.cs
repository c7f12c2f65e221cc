using System.IO.Pipelines;

namespace ServersGrpc.Rpc.Server;

/// <summary>Waits for what is on its way to the caller.</summary>
internal static class PendingFlush
{
    /// <param name="body">Where it was written.</param>
    /// <param name="flushing">
    /// The flush, or the write, begun without the token: for a token that is cancelled the server breaks off the stream or the connection,
    /// and with it the status that says why.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token is cancelled. More can still be written.</exception>
    public static async ValueTask<FlushResult> WaitAsync(PipeWriter body, ValueTask<FlushResult> flushing, CancellationToken cancellationToken)
    {
        using var registration = flushing.IsCompleted
            ? default
            : cancellationToken.UnsafeRegister(static writer => ((PipeWriter)writer!).CancelPendingFlush(), body);
        var flushed = await flushing;
        cancellationToken.ThrowIfCancellationRequested();
        return flushed;
    }
}
