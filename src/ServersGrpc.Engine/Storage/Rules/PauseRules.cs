using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>What a pause of new instances does to servers.</summary>
public static class PauseRules
{
    /// <summary>
    /// A server when the pause ends; null: it stays as it is. The time for which it had to wait is not taken from what it has for its tries.
    /// </summary>
    public static ServerRecord? Resumed(ServerRecord server) =>
        server is { StartsNew: true, Deadline: not null, LeaseOwner: null } ? server with { Deadline = null } : null;
}
