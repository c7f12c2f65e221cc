using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>The story of a server, state by state.</summary>
internal sealed class LifecycleSteps(
    CreateStep create, BootStep boot, ReadinessStep readiness, LivenessStep liveness, RotationStep rotation, DrainStep drain, DestroyStep destroy,
    PurgeStep purge, CleanUpStep cleanUp)
{
    public ILifecycleStep For(ServerRecord server) => server.State switch
    {
        ServerState.Pending or ServerState.Creating => create,
        ServerState.Created => boot,
        ServerState.Staging => readiness,
        ServerState.Running when server.Next is not null => rotation,
        ServerState.Running => liveness,
        ServerState.Shutdown => drain,
        ServerState.Stopping => destroy,
        ServerState.Stopped => purge,
        ServerState.Error => cleanUp,
        var state => throw new ArgumentOutOfRangeException(nameof(server), state, "No step is known for this state."),
    };
}
