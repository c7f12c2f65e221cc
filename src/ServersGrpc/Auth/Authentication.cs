using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.Api;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Certificates;
using ServersGrpc.Auth.Limits;
using ServersGrpc.Auth.Oidc;
using ServersGrpc.Auth.Tokens;
using ServersGrpc.Rpc.Server;

namespace ServersGrpc.Auth;

/// <summary>
/// Lets nobody past without a credential, but to what is open. It stands before everything that reads a request, so that a stranger learns
/// nothing, and costs nothing, but this refusal.
/// </summary>
internal sealed class Authentication(
    RequestDelegate next, TokenBook tokens, OidcTokens oidc, CertificateAccounts certificates, FailureLimiter failures, AuditTrail audit, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    // What they may ask for is short, and half of a message is kept until the rest comes.
    private static readonly MessageLimit OfStrangers = new(4096);

    /// <summary>When to come back while the issuer of tokens does not answer.</summary>
    private static readonly TimeSpan IssuerRetryDelay = TimeSpan.FromSeconds(5);

    // Headers that were found good, by the object. Weak: each is here as long as its connection has it.
    private readonly ConditionalWeakTable<string, KnownToken> _recent = [];

    public Task InvokeAsync(HttpContext http)
    {
        if (MethodRoles.IsOpen(http))
        {
            http.Features.Set(OfStrangers);
            return next(http);
        }
        var header = http.Request.Headers.Authorization;
        if (header.Count != 1)
            return header.Count == 0 ? WithoutTokenAsync(http) : RefuseAsync(http, "TOKEN_INVALID", "There are several authorization headers. Send one.");
        var value = header[0]!;
        // A connection's headers are the same text, and the same object, from request to request. What ended is looked up anew.
        if (!_recent.TryGetValue(value, out var known) || known.Account.Ended.IsCancellationRequested)
        {
            var token = Token(value);
            if (oidc.Takes(token))
                return WithOidcTokenAsync(http, token.ToString());
            known = tokens.Find(token);
            if (known is not null)
                _recent.AddOrUpdate(value, known);
        }
        if (known is null)
            return RefuseAsync(http, "TOKEN_INVALID", "The token is not valid. Send \"authorization: Bearer TOKEN\".");
        var now = time.GetUtcNow();
        if (!known.IsGood(now))
        {
            return known.Record.Revoked is null
                ? RefuseKnownAsync(http, known.Record.Name, "TOKEN_EXPIRED", "The token has expired.")
                : RefuseKnownAsync(http, known.Record.Name, "TOKEN_REVOKED", "The token is revoked.");
        }
        known.Use(now);
        return AdmitAsync(http, known.Account);
    }

    // One client sends the bare token.
    private static ReadOnlySpan<char> Token(ReadOnlySpan<char> header)
    {
        var value = header.Trim();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : value;
    }

    private Task WithoutTokenAsync(HttpContext http)
    {
        if (http.Connection.ClientCertificate is not { } certificate)
        {
            // Nothing was guessed, so nothing is counted.
            return AnswerAsync(http, StatusCode.Unauthenticated, "TOKEN_MISSING",
                "A token is needed: send \"authorization: Bearer TOKEN\". The service's log names the file that holds the first one.");
        }
        // A browser shows its certificate whoever's page it is that calls, and a call needs nothing that it would ask us for first.
        if (CrossSite.Is(http.Request))
            return RefuseKnownAsync(http, certificate.Subject, "CROSS_SITE", "A page of another site can't call by a client certificate. Send a token.");
        return certificates.Find(certificate) is { } account
            ? AdmitAsync(http, account)
            : RefuseKnownAsync(http, certificate.Subject, "CERTIFICATE_UNKNOWN", "The client certificate lets in nobody: Servers:Auth:Certificates does not name its subject, or it has expired.");
    }

    private async Task WithOidcTokenAsync(HttpContext http, string token)
    {
        var found = await oidc.FindAsync(token, http.RequestAborted);
        await (found switch
        {
            { Account: { } account } => AdmitAsync(http, account),
            // Nobody guessed: what is wrong is not the caller's.
            { IsUnknown: true } => UnavailableAsync(http, found.Reason),
            _ => RefuseAsync(http, "TOKEN_INVALID", found.Reason),
        });
    }

    private Task AdmitAsync(HttpContext http, Account account)
    {
        if (account.Limits.TryTakeRequest() is { } wait)
            return TooManyAsync(http, wait, "RATE_LIMITED", $"{account.Caller.Name} makes more requests a second than a caller may (Servers:Auth:RequestsPerSecond).");
        if (!MethodRoles.Admits(account.Caller, http))
        {
            audit.Refused(http, account.Caller, http.Request.Path, "", nameof(StatusCode.PermissionDenied));
            return AnswerAsync(http, StatusCode.PermissionDenied, "ROLE_TOO_SMALL", AccessRefusal.Message(account.Caller, http.Request.Path));
        }
        http.Features.Set(account);
        return next(http);
    }

    /// <summary>Refuses what may have been a guess.</summary>
    private async Task RefuseAsync(HttpContext http, string reason, string message)
    {
        audit.Unauthenticated(http, "", reason);
        var wait = await failures.DelayAsync(http.Connection.RemoteIpAddress, http.RequestAborted);
        await (wait > TimeSpan.Zero
            ? TooManyAsync(http, wait, "TOO_MANY_FAILURES", "Too many tokens that are not valid came from there. Try again later.")
            : AnswerAsync(http, StatusCode.Unauthenticated, reason, message));
    }

    private Task RefuseKnownAsync(HttpContext http, string name, string reason, string message)
    {
        audit.Unauthenticated(http, name, reason);
        return AnswerAsync(http, StatusCode.Unauthenticated, reason, message);
    }

    private static Task UnavailableAsync(HttpContext http, string message)
    {
        ((RequestOrigin)http).NameRequest();
        var status = ApiErrors.Status(StatusCode.Unavailable, message, "ISSUER_UNAVAILABLE");
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(IssuerRetryDelay) }));
        return http.WriteRpcStatusAsync(status, http.RequestAborted);
    }

    private static Task TooManyAsync(HttpContext http, TimeSpan wait, string reason, string message)
    {
        ((RequestOrigin)http).NameRequest();
        var status = ApiErrors.Status(StatusCode.ResourceExhausted, message, reason);
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        return http.WriteRpcStatusAsync(status, http.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext http, StatusCode code, string reason, string message)
    {
        ((RequestOrigin)http).NameRequest();
        return http.WriteRpcStatusAsync(ApiErrors.Status(code, message, reason), http.RequestAborted);
    }
}
