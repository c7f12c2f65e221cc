using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>The story of a server, state by state.</summary>
internal sealed class LifecycleSteps(
    CreateStep create, BootStep boot, ReadinessStep readiness, LivenessStep liveness, DrainStep drain, DestroyStep destroy, PurgeStep purge,
    CleanUpStep cleanUp)
{
    public ILifecycleStep For(ServerState state) => state switch
    {
        ServerState.Pending or ServerState.Creating => create,
        ServerState.Created => boot,
        ServerState.Staging => readiness,
        ServerState.Running => liveness,
        ServerState.Shutdown => drain,
        ServerState.Stopping => destroy,
        ServerState.Stopped => purge,
        ServerState.Error => cleanUp,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No step is known for this state."),
    };
}
