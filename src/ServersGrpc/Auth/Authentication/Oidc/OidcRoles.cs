using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Authentication.Oidc;

/// <summary>Which role a value of the issuer's claim stands for.</summary>
internal sealed class OidcRoles(IEnumerable<string> mappings)
{
    private readonly ILookup<string, Role> _roles = mappings.Select(TryParse).OfType<(string, Role)>().ToLookup(pair => pair.Item1, pair => pair.Item2);

    /// <summary>Reads VALUE=ROLE; null where it is not that. A value may have equals signs of its own.</summary>
    public static (string Value, Role Role)? TryParse(string mapping)
    {
        var equals = mapping.LastIndexOf('=');
        return equals > 0 && Roles.TryParse(mapping[(equals + 1)..], out var role)
            ? (mapping[..equals], role)
            : null;
    }

    /// <summary>The highest role that any of the values stands for; null: none does.</summary>
    public Role? HighestOf(IEnumerable<string> values) => values.SelectMany(value => _roles[value]).Select(role => (Role?)role).Max();
}
