namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Removes the row of a stopped server when its time is over.</summary>
internal sealed class PurgeStep : ILifecycleStep
{
    public Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(
        context.Now < context.Server.Deadline
            ? StepResult.Wait(context.Server, context.Server.Deadline)
            : StepResult.Purge(context.Server, "Purged", "The server was stopped long enough; its name is free again."));
}
