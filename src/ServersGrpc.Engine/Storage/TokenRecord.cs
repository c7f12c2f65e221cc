using ServersGrpc.Engine.Access;

namespace ServersGrpc.Engine.Storage;

/// <summary>A token as it is remembered.</summary>
public sealed record TokenRecord
{
    /// <summary>Never given twice: what belongs to it must not pass to another.</summary>
    public required string Name { get; init; }

    public required Role Role { get; init; }

    public Scope Scope { get; init; } = Scope.Everything;

    /// <summary>SHA-256 of the token. A token has 256 random bits, so there is nothing to guess that a slower hash would protect.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Until when it is good; null: for ever.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Since when it is not good any more; null: it is.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>When it was last used, within a minute; null: never.</summary>
    public DateTimeOffset? Used { get; init; }

    // A record prints its members; a hash is nobody's business.
    public override string ToString() => $"TokenRecord({Name}, {Role})";
}
