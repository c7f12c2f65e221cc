using Grpc.Core;
using ServersGrpc.Api;
using ServersGrpc.Auth.Limits;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth;

/// <summary>A credential that lets in: whom, until when, and how much. A feature of every request that was let in.</summary>
internal sealed class Account(Caller caller, CallerLimits limits, DateTimeOffset? expires = null)
{
    private readonly CancellationTokenSource _ended = new();

    public Caller Caller => caller;

    /// <summary>What all credentials of the caller share.</summary>
    public CallerLimits Limits => limits;

    /// <summary>Until when the credential is good; null: as long as it is not revoked.</summary>
    public DateTimeOffset? Expires => expires;

    /// <summary>Canceled when the credential is revoked: what it opened ends.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why the credential is good no more; null while it is.</summary>
    public Google.Rpc.Status? WhyEnded(TimeProvider time) =>
        Ended.IsCancellationRequested ? ApiErrors.Status(StatusCode.Unauthenticated, "The token was revoked.", "TOKEN_REVOKED")
        : expires is { } end && end <= time.GetUtcNow() ? ApiErrors.Status(StatusCode.Unauthenticated, "The token has expired.", "TOKEN_EXPIRED")
        : null;

    public void End() => _ended.Cancel();
}
