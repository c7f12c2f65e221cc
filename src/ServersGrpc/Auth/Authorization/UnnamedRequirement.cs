using Microsoft.AspNetCore.Authorization;

namespace ServersGrpc.Auth.Authorization;

/// <summary>
/// Holds for what names no policy. An endpoint without one is refused to everyone, so that a method that was added and forgotten stays closed.
/// Where there is no endpoint, or one of routing's own that only says what is wrong with the request, callers are told that, and strangers are not.
/// </summary>
internal sealed class UnnamedRequirement : AuthorizationHandler<UnnamedRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, UnnamedRequirement requirement)
    {
        if (context.User.Identity is Account && context.Resource is HttpContext http && http.GetEndpoint() is null or { Metadata.Count: 0 })
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
