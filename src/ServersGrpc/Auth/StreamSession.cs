using Google.Rpc;
using Grpc.Core;
using ServersGrpc.Api;

namespace ServersGrpc.Auth;

/// <summary>How long a watch, or another stream, may last: until its caller goes, or the credential that opened it is good no more.</summary>
internal sealed class StreamSession : IDisposable
{
    // The longest that a timer can take.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly Account _account;
    private readonly TimeProvider _time;
    private readonly IDisposable _place;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _expired;
    private readonly CancellationTokenSource _end;

    private StreamSession(Account account, IDisposable place, TimeProvider time, CancellationToken caller)
    {
        (_account, _place, _time, _caller) = (account, place, time, caller);
        if (account.Expires is { } expires)
        {
            var left = expires - time.GetUtcNow();
            _expired = new(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, time);
        }
        _end = CancellationTokenSource.CreateLinkedTokenSource(caller, account.Ended, _expired?.Token ?? CancellationToken.None);
    }

    /// <summary>Canceled when the stream has to end.</summary>
    public CancellationToken Token => _end.Token;

    /// <exception cref="RpcException">The caller has as many streams as it may.</exception>
    public static StreamSession Open(Account account, TimeProvider time, CancellationToken caller) =>
        account.Limits.TryBeginWatch() is { } place
            ? new(account, place, time, caller)
            : throw ApiErrors.Status(
                StatusCode.ResourceExhausted, $"{account.Caller.Name} has {account.Limits.MaxWatches} watches and other streams open, which is the limit of one caller (Servers:Auth:MaxWatches).",
                "WATCH_LIMIT_REACHED", ("limit", $"{account.Limits.MaxWatches}")).ToRpcException();

    /// <summary>Why the stream had to end; null where its caller went.</summary>
    public Google.Rpc.Status? Why()
    {
        if (_caller.IsCancellationRequested)
            return null;
        if (_account.WhyEnded(_time) is { } ended)
            return ended;
        return _end.IsCancellationRequested
            ? ApiErrors.Status(StatusCode.Unavailable, "The stream has lasted very long. Open it again; a watch, from the last revision seen.", "STREAM_TOO_LONG")
            : null;
    }

    public void Dispose()
    {
        _end.Dispose();
        _expired?.Dispose();
        _place.Dispose();
    }
}
