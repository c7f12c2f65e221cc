using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Access;

/// <summary>On whose behalf the API is called.</summary>
/// <param name="Name">Whom events name. Servers belong to it: no two callers have the same, and none ever passes to another.</param>
/// <param name="Role">What it may do.</param>
public sealed record Caller(string Name, Role Role)
{
    /// <summary>Which servers it sees and touches.</summary>
    public Scope Scope { get; init; } = Scope.Everything;

    /// <summary>How many servers that are not stopped it may have; 0: as many as there may be.</summary>
    public int MaxServers { get; init; }

    /// <summary>Where the call came from; "" where that is not known.</summary>
    public string Address { get; init; } = "";

    /// <summary>Which call it is; "" where that is not known.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Whether it may read the keys and the secret of a server.</summary>
    public bool SeesSecretsOf(ServerRecord server) =>
        Role == Role.Admin || (Role == Role.Operator && server.Owner.Length > 0 && server.Owner == Name);
}
