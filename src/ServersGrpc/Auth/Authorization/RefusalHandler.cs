using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authentication;
using ServersGrpc.Auth.RateLimits;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authorization;

/// <summary>The one place where authorization refuses: on every face, with the reason, and noted.</summary>
internal sealed class RefusalHandler(AuditTrail audit, FailureLimiter failures) : IAuthorizationMiddlewareResultHandler
{
    private const string NameParameter = "name";

    public Task HandleAsync(RequestDelegate next, HttpContext http, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult switch
        {
            { Succeeded: true } => next(http),
            { Forbidden: true } when http.FindAccount() is { } account => ForbidAsync(http, account),
            _ => ChallengeAsync(http),
        };

    private async Task ForbidAsync(HttpContext http, Account account)
    {
        var what = http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? http.Request.Path.Value ?? "";
        // Over gRPC the name is in a message that is not read for those who may not call.
        var name = http.Request.RouteValues[NameParameter] as string ?? "";
        await audit.RefusedAsync(http, account.Caller, what, name, nameof(StatusCode.PermissionDenied));
        await http.WriteRpcStatusAsync(
            RpcStatuses.Create(StatusCode.PermissionDenied, AccessRefusal.Message(account.Caller, what), "ROLE_TOO_SMALL"));
    }

    private async Task ChallengeAsync(HttpContext http)
    {
        // It was found out before; the handlers remember.
        if ((await http.AuthenticateAsync()).Failure is not CredentialException failure)
        {
            // Nothing was guessed, so nothing is counted.
            await http.WriteRpcStatusAsync(RpcStatuses.Create(
                StatusCode.Unauthenticated,
                "A token is needed: send \"authorization: Bearer TOKEN\". The service's log names the file that holds the first one.", "TOKEN_MISSING"));
            return;
        }
        if (failure.IsNoted)
            audit.Unauthenticated(http, failure.Name, failure.Reason);
        var wait = failure.IsGuess ? await failures.DelayAsync(http.Connection.RemoteIpAddress, http.RequestAborted) : TimeSpan.Zero;
        await http.WriteRpcStatusAsync(wait > TimeSpan.Zero
            ? RpcStatuses.Create(
                StatusCode.ResourceExhausted, "Too many tokens that are not valid came from there. Try again later.", "TOO_MANY_FAILURES").WithRetry(wait)
            : failure.Status);
    }
}
