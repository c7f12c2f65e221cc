using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Primitives;
using ServersGrpc.Api;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Certificates;
using ServersGrpc.Auth.Limits;
using ServersGrpc.Auth.Oidc;
using ServersGrpc.Auth.Tokens;

namespace ServersGrpc.Auth;

/// <summary>
/// Lets nobody past without a credential, but to what is open. It stands before everything that reads a request, so that a stranger learns
/// nothing, and costs nothing, but this refusal.
/// </summary>
internal sealed class Authentication(
    RequestDelegate next, TokenBook tokens, OidcTokens oidc, CertificateAccounts certificates, FailureLimiter failures, AuditTrail audit, TimeProvider time)
{
    public const string RequestIdHeader = "x-request-id";

    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers[RequestIdHeader] = http.TraceIdentifier;
        if (MethodRoles.IsOpen(http))
            return next(http);
        var header = http.Request.Headers.Authorization;
        if (header.Count != 1)
            return header.Count == 0 ? WithoutTokenAsync(http) : RefuseAsync(http, "TOKEN_INVALID", "There are several authorization headers. Send one.");
        var token = Token(header);
        if (oidc.Takes(token))
            return WithOidcTokenAsync(http, token.ToString());
        if (tokens.Find(token) is not { } known)
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
    private static ReadOnlySpan<char> Token(StringValues header)
    {
        var value = header[0].AsSpan().Trim();
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
        return certificates.Find(certificate) is { } account
            ? AdmitAsync(http, account)
            : RefuseKnownAsync(http, certificate.Subject, "CERTIFICATE_UNKNOWN", "The client certificate lets in nobody: Servers:Auth:Certificates does not name its subject, or it has expired.");
    }

    private async Task WithOidcTokenAsync(HttpContext http, string token)
    {
        var (account, reason) = await oidc.FindAsync(token);
        await (account is null ? RefuseAsync(http, "TOKEN_INVALID", reason) : AdmitAsync(http, account));
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

    private static Task TooManyAsync(HttpContext http, TimeSpan wait, string reason, string message)
    {
        var status = ApiErrors.Status(StatusCode.ResourceExhausted, message, reason);
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        return http.WriteRpcStatusAsync(status, http.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext http, StatusCode code, string reason, string message) =>
        http.WriteRpcStatusAsync(ApiErrors.Status(code, message, reason), http.RequestAborted);
}
