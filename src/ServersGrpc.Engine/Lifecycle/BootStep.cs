using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Begins the wait for a created instance to answer.</summary>
internal sealed class BootStep(LifecycleOptions options) : ILifecycleStep
{
    public Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(StepResult.GoOn(
        context.Server with { State = ServerState.Staging, Deadline = context.Now + options.ReadyDeadline, Attempts = 0, Probes = 0, AbsentSince = null },
        "Booting", $"Waiting for the instance to answer, for at most {options.ReadyDeadline}."));
}
