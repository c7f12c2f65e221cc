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

    public void End() => _ended.Cancel();
}
