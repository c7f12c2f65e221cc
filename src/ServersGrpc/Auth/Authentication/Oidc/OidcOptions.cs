using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Auth.Authentication.Oidc;

/// <summary>An OpenID Connect issuer whose JSON web tokens let in: section Servers:Auth:Oidc. Off without an issuer.</summary>
internal sealed class OidcOptions : IValidatableObject
{
    /// <summary>The issuer, exactly as its tokens name it; its keys are found by ISSUER/.well-known/openid-configuration. https, or http on this machine.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Whom tokens must be meant for. Needed with an issuer.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the role, a text or a list of them, of which the highest counts. Default: roles.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What stands in the claim for each role, as VALUE=ROLE. Default: the roles' own names.</summary>
    public IReadOnlyList<string> Roles { get; set; } = ["viewer=viewer", "operator=operator", "admin=admin"];

    /// <summary>The claim that names the scope, as Servers:Auth:Tokens:NAME:Scope does; without it in a token: all servers. Default: servers_scope.</summary>
    [Required]
    public string ScopeClaim { get; set; } = "servers_scope";

    /// <summary>How often keys are fetched again at most, when a token names one that is not known, 1 second to 1 day. Default: 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeyRefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How far the clocks of the issuer and of this machine may differ, 0 to 10 minutes. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsOn => Issuer.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && (!Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) || !IsSafe(uri)))
            yield return new($"Issuer \"{Issuer}\" is not an https:// address, or an http:// address of this machine.");
        if (IsOn && Audience.Length == 0)
            yield return new("Audience is needed with an issuer: tokens that it made for others must not let in.");
        foreach (var role in Roles.Where(role => OidcRoles.TryParse(role) is null))
            yield return new($"Roles holds \"{role}\", which is not VALUE=ROLE with viewer, operator or admin.");
    }

    private static bool IsSafe(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);
}
