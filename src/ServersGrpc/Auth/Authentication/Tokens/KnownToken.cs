using Microsoft.AspNetCore.Authentication;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>A token that is, or was, good: what is remembered of it, and the account that it opens.</summary>
internal sealed class KnownToken(TokenRecord record, TokenSource source, Account account)
{
    // When it was last used, in ticks; 0: not since it was made known here.
    private long _used = record.Used?.UtcTicks ?? 0;

    public TokenRecord Record => record;

    public TokenSource Source => source;

    public Account Account => account;

    /// <summary>What ASP.NET is told of every request that brings it while it is good.</summary>
    public AuthenticateResult Success { get; } = AuthenticateResult.Success(new(account.Principal, Schemes.Token));

    public DateTimeOffset? Used => Volatile.Read(ref _used) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    public bool IsGood(DateTimeOffset now) => record.Revoked is null && !(record.Expires <= now);

    public void Use(DateTimeOffset now) => Volatile.Write(ref _used, now.UtcTicks);
}
