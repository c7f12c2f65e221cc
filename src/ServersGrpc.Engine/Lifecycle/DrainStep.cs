using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Lets the work on a server end before it is taken away, until its drain deadline.</summary>
internal sealed class DrainStep : ILifecycleStep
{
    public Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        return Task.FromResult(context.Now < server.Deadline
            ? StepResult.Wait(server, server.Deadline)
            : StepResult.GoOn(server with { State = ServerState.Stopping, Deadline = null, Attempts = 0, Probes = 0, AbsentSince = null }, "Stopping", "Removing what there is of the instance."));
    }
}
