using System.Security.Claims;
using Grpc.Core;
using ServersGrpc.Engine.Access;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth;

/// <summary>A credential that lets in: whom, and until when. It is the identity of every request that was let in.</summary>
internal sealed class Account : ClaimsIdentity
{
    private readonly CancellationTokenSource _ended = new();

    /// <param name="caller">Whom it lets in.</param>
    /// <param name="expires">Until when the credential is good; null: as long as it is not revoked.</param>
    public Account(Caller caller, DateTimeOffset? expires = null)
        : base([new Claim(DefaultNameClaimType, caller.Name), new Claim(DefaultRoleClaimType, caller.Role.ToString())], nameof(ServersGrpc))
    {
        (Caller, Expires) = (caller, expires);
        Principal = new(this);
    }

    public Caller Caller { get; }

    public DateTimeOffset? Expires { get; }

    /// <summary>What ASP.NET knows the caller by.</summary>
    public ClaimsPrincipal Principal { get; }

    /// <summary>Canceled when the credential is revoked: what it opened ends.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why the credential is good no more; null while it is.</summary>
    public Google.Rpc.Status? WhyEnded(TimeProvider time) =>
        Ended.IsCancellationRequested ? RpcStatuses.Create(StatusCode.Unauthenticated, "The token was revoked.", "TOKEN_REVOKED")
        : Expires is { } end && end <= time.GetUtcNow() ? Expired()
        : null;

    /// <summary>Of a credential whose time is over.</summary>
    public static Google.Rpc.Status Expired() => RpcStatuses.Create(StatusCode.Unauthenticated, "The token has expired.", "TOKEN_EXPIRED");

    public void End() => _ended.Cancel();
}
