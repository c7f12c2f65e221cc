using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// How far in the future the end of a state can lie. Deadlines are absolute: one that was set while the clock was wrong may lie years
/// ahead, and would keep a machine for as long.
/// </summary>
internal sealed class Deadlines(ProviderCatalog providers, LifecycleOptions options)
{
    /// <summary>The server with a deadline that can be meant.</summary>
    public ServerRecord Bound(ServerRecord server, DateTimeOffset now) =>
        Longest(server) is { } longest && server.Deadline > now + longest ? server with { Deadline = now + longest } : server;

    private TimeSpan? Longest(ServerRecord server) => server.State switch
    {
        ServerState.Creating => options.CreateDeadline,
        ServerState.Staging or ServerState.Running => options.ReadyDeadline,
        ServerState.Shutdown => providers.Find(server.Provider)?.DrainTimeout ?? TimeSpan.Zero,
        ServerState.Stopped => options.StoppedRetention,
        ServerState.Error => server.MayHaveInstance ? options.ErrorRetention : options.StoppedRetention,
        _ => null,
    };
}
