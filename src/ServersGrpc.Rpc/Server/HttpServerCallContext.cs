using Grpc.Core;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.OnePort;

namespace ServersGrpc.Rpc.Server;

/// <summary>A call that came over HTTP, through whichever face. What a method may never ask for is made when it asks.</summary>
internal abstract class HttpServerCallContext(HttpContext http, IMethod method) : ServerCallContext, IDisposable
{
    /// <summary>The key of the HttpContext in the user state, where the official packages put it too.</summary>
    public const string HttpContextKey = "__HttpContext";

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private Dictionary<object, object>? _userState;
    private CallCancellation? _cancellation;
    private DateTime _deadline = DateTime.MaxValue;
    private UnreadAnswers? _unread;
    private long _answer;

    public HttpContext HttpContext { get; } = http;

    /// <summary>Why the token was cancelled.</summary>
    public CancellationCause Cause =>
        _cancellation?.Cause
        ?? (HttpContext.RequestAborted.IsCancellationRequested ? CancellationCause.CallerGone : CancellationCause.None);

    /// <summary>Whether the method has set, or a fault has brought, trailers.</summary>
    public bool HasResponseTrailers => _responseTrailers is { Count: > 0 };

    /// <summary>What ends a read that goes on without the method: not the caller's leaving, which ends the body itself.</summary>
    protected CancellationToken ReadToken => _cancellation?.Token ?? CancellationToken.None;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => PeerName.Of(HttpContext.Connection);

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= HeaderMetadata.Read(HttpContext.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _cancellation?.Token ?? HttpContext.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override IDictionary<object, object> UserStateCore =>
        _userState ??= new Dictionary<object, object> { [HttpContextKey] = HttpContext };

    /// <summary>Lets more than the caller's leaving cancel the call. Before the method runs.</summary>
    /// <param name="timeout">How long the caller waits; null for ever.</param>
    /// <param name="stopping">Cancelled when the service stops; none for a call that is left to finish.</param>
    /// <param name="time">Measures the timeout.</param>
    public void CancelAfter(TimeSpan? timeout, CancellationToken stopping, TimeProvider time)
    {
        // Timers reach 49 days. Nobody waits longer, whatever was said.
        if (timeout > LongestTimeout)
            timeout = null;
        if (timeout is null && !stopping.CanBeCanceled)
            return;
        if (timeout is { } span)
            _deadline = time.GetUtcNow().UtcDateTime + span;
        _cancellation = new CallCancellation(this, HttpContext.RequestAborted, stopping, timeout, time);
    }

    /// <summary>
    /// Waits, before a method with one response runs, while the caller leaves too many earlier answers on its connection unread. Otherwise
    /// it could have any number made and kept for it.
    /// </summary>
    public Task BeginAnswerAsync()
    {
        if (HttpContext.Features.Get<UnreadAnswers>() is not { } unread)
            return Task.CompletedTask;
        _unread = unread;
        return unread.BeginAsync(CancellationToken);
    }

    /// <summary>
    /// Tells how long an answer is that is about to be sent. It counts until the call is disposed of, so whoever counts it has to wait until
    /// it is read.
    /// </summary>
    public void CountAnswer(long bytes)
    {
        if (_unread is null)
            return;
        _answer = bytes;
        _unread.Add(bytes);
    }

    /// <summary>Sets a header of the answer. False when that has begun, or the call has ended: nothing is set then.</summary>
    public virtual bool TrySetResponseHeader(string name, string value)
    {
        if (HttpContext.Response.HasStarted)
            return false;
        HttpContext.Response.Headers[name] = value;
        return true;
    }

    /// <summary>The deadline has passed, and the token is about to be cancelled. Runs beside the method.</summary>
    public virtual void OnDeadlinePassed()
    {
    }

    /// <summary>The call's token joined with one that the method gave.</summary>
    public JoinedToken Join(CancellationToken own) => new(CancellationToken, own);

    public virtual void Dispose()
    {
        _cancellation?.Dispose();
        _unread?.End(_answer);
    }
}
