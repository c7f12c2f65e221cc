using Microsoft.AspNetCore.Authorization;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Authorization;

/// <summary>
/// The policies that methods and paths name, each where it is. What names none and is not anonymous is refused to everyone: see
/// <see cref="UnnamedRequirement"/>.
/// </summary>
internal static class Policies
{
    /// <summary>Viewers, operators and admins.</summary>
    public const string Viewer = nameof(Viewer);

    /// <summary>Operators and admins.</summary>
    public const string Operator = nameof(Operator);

    /// <summary>Viewers, operators and admins of the whole service: what it tells is not of one scope.</summary>
    public const string ServiceViewer = nameof(ServiceViewer);

    /// <summary>Admins of the whole service.</summary>
    public const string ServiceAdmin = nameof(ServiceAdmin);

    public static void AddTo(AuthorizationOptions options)
    {
        options.AddPolicy(Viewer, policy => policy.AddRequirements(new RoleRequirement(Role.Viewer)));
        options.AddPolicy(Operator, policy => policy.AddRequirements(new RoleRequirement(Role.Operator)));
        options.AddPolicy(ServiceViewer, policy => policy.AddRequirements(new RoleRequirement(Role.Viewer) { IsOfWholeService = true }));
        options.AddPolicy(ServiceAdmin, policy => policy.AddRequirements(new RoleRequirement(Role.Admin) { IsOfWholeService = true }));
        options.FallbackPolicy = new AuthorizationPolicyBuilder().AddRequirements(new UnnamedRequirement()).Build();
    }
}
