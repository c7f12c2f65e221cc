using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>Which servers: conditions joined by "and".</summary>
public sealed record ServerQuery
{
    public static readonly ServerQuery Everything = new();

    /// <summary>In one of these states; empty: in any.</summary>
    public IReadOnlySet<ServerState> States { get; init; } = new HashSet<ServerState>();

    /// <summary>Of this provider; "": of any.</summary>
    public string Provider { get; init; } = "";

    public LabelSelector Labels { get; init; } = LabelSelector.Everything;

    /// <summary>Only what the caller may see.</summary>
    public Scope Scope { get; init; } = Scope.Everything;

    public bool Fits(ServerRecord server) =>
        (States.Count == 0 || States.Contains(server.State))
        && (Provider.Length == 0 || Provider == server.Provider)
        && Labels.Fits(server.Labels)
        && Scope.Covers(server);
}
