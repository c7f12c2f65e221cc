using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Primitives;
using ServersGrpc.Api;

namespace ServersGrpc.Auth;

/// <summary>
/// Lets nobody past without a token, but to health, version and the description of the API. It stands before everything that reads a
/// request, so that a stranger learns nothing, and costs nothing, but this refusal.
/// </summary>
internal sealed class TokenAuthentication(RequestDelegate next, AdminToken adminToken)
{
    private const string Scheme = "Bearer ";

    private static readonly Caller Admin = new(AdminToken.Actor);

    // Open by every method, so that a wrong one is told so. Other open endpoints say so themselves.
    private static readonly string[] OpenPaths = ["/healthz", "/version", "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"];

    public Task InvokeAsync(HttpContext http)
    {
        if (OpenPaths.Contains(http.Request.Path.Value) || http.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return next(http);
        var header = http.Request.Headers.Authorization;
        if (header.Count == 1 && adminToken.Is(Token(header)))
        {
            http.Features.Set(Admin);
            return next(http);
        }
        return RefuseAsync(http, header.Count == 0 ? "TOKEN_MISSING" : "TOKEN_INVALID", header.Count == 0
            ? "A token is needed: send \"authorization: Bearer TOKEN\". The service's log names the file that holds the first one."
            : "The token is not valid. Send \"authorization: Bearer TOKEN\".");
    }

    // One client sends the bare token.
    private static ReadOnlySpan<char> Token(StringValues header)
    {
        var value = header[0].AsSpan().Trim();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : value;
    }

    private static Task RefuseAsync(HttpContext http, string reason, string message) =>
        http.WriteRpcStatusAsync(ApiErrors.Status(StatusCode.Unauthenticated, message, reason), http.RequestAborted);
}
