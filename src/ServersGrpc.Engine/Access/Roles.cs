namespace ServersGrpc.Engine.Access;

/// <summary>The names of roles, as people write them.</summary>
public static class Roles
{
    /// <summary>Reads exactly one of the names: of an enumeration numbers and lists of names would be taken too, and mean more than any.</summary>
    public static bool TryParse(string name, out Role role) =>
        Enum.TryParse(name, ignoreCase: true, out role) && Enum.GetName(role) is { } known && known.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">It is none of the names.</exception>
    public static Role Parse(string name) =>
        TryParse(name, out var role) ? role : throw new FormatException($"\"{name}\" is no role: viewer, operator and admin are.");
}
