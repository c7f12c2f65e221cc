using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Ends the time that a server in error is kept: what it may have left is removed; where it left nothing, the row is.</summary>
internal sealed class CleanUpStep : ILifecycleStep
{
    public Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        if (context.Now < server.Deadline)
            return Task.FromResult(StepResult.Wait(server, server.Deadline));
        return Task.FromResult(server.MayHaveInstance
            ? StepResult.GoOn(server with { State = ServerState.Shutdown, Deadline = context.Now, Attempts = 0 }, "CleanUp", "Removing what the failed server may have left.")
            : StepResult.Purge(server, "Purged", "The failed server had no instance; its name is free again."));
    }
}
