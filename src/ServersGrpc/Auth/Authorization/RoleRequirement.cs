using Microsoft.AspNetCore.Authorization;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Authorization;

/// <summary>The caller must have a role, or a higher one.</summary>
internal sealed class RoleRequirement(Role least) : AuthorizationHandler<RoleRequirement>, IAuthorizationRequirement
{
    /// <summary>Whether callers of a scope are refused.</summary>
    public bool IsOfWholeService { get; init; }

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (context.User.Identity is Account { Caller: var caller } && caller.Role >= least && (!IsOfWholeService || caller.Scope.IsEverything))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
