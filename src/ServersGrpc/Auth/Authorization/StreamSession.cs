using Grpc.Core;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authorization;

/// <summary>
/// How long a watch, or another stream, may last: until its caller goes, the service stops, or the credential that opened it is good no more.
/// </summary>
internal sealed class StreamSession : IDisposable
{
    // The longest that a timer can take.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private static readonly TimeSpan TimerAhead = TimeSpan.FromSeconds(1);

    private readonly Account? _account;
    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource? _expired;
    private readonly CancellationTokenSource _end;

    /// <param name="account">Whose it is; null where streams are open to everyone.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Canceled when the caller goes.</param>
    /// <param name="stopping">Canceled when the service stops.</param>
    public StreamSession(Account? account, TimeProvider time, CancellationToken caller, CancellationToken stopping)
    {
        (_account, _time, _caller, _stopping) = (account, time, caller, stopping);
        if (account?.Expires is { } expires)
        {
            var left = expires - time.GetUtcNow();
            _expired = new(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, time);
        }
        _end = CancellationTokenSource.CreateLinkedTokenSource(
            [caller, stopping, account?.Ended ?? CancellationToken.None, _expired?.Token ?? CancellationToken.None]);
    }

    /// <summary>Canceled when the stream has to end.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Why the stream had to end; null where its caller went, or it need not.</summary>
    public Google.Rpc.Status? Why()
    {
        if (_caller.IsCancellationRequested)
            return null;
        if (_account?.WhyEnded(_time) is { } ended)
            return ended;
        // The timer may be a moment ahead of the clock.
        if (_expired?.IsCancellationRequested == true && _account!.Expires - _time.GetUtcNow() < TimerAhead)
            return Account.Expired();
        if (_stopping.IsCancellationRequested)
            return ApiErrors.Stopping("Open the stream again; a watch, from the last revision seen.");
        return _end.IsCancellationRequested
            ? RpcStatuses.Create(
                StatusCode.Unavailable, "The stream has lasted very long. Open it again; a watch, from the last revision seen.", "STREAM_TOO_LONG")
            : null;
    }

    /// <summary>Waits for a part of the stream, but no longer than the stream may last. The part ends with the call.</summary>
    /// <exception cref="OperationCanceledException">The stream has to end.</exception>
    public async Task WaitAsync(Task part)
    {
        try
        {
            await part.WaitAsync(Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more, so nobody would look at how it fails.
            _ = part.ContinueWith(static failed => _ = failed.Exception, TaskContinuationOptions.OnlyOnFaulted);
            throw;
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _expired?.Dispose();
    }
}
