using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Lets the work on a server end before it is taken away, until its drain deadline.</summary>
internal sealed class DrainStep(MeteredProbe probe, LifecycleOptions options) : ILifecycleStep
{
    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        if (context.Now >= server.Deadline || server.Deadline is null)
        {
            return StepResult.GoOn(
                server with { State = ServerState.Stopping, Deadline = null, Attempts = 0, Probes = 0, AbsentSince = null }, "Stopping",
                "Removing what there is of the instance.");
        }
        if (server.Next is null)
            return StepResult.Wait(server, server.Deadline);
        // Its end was asked for while it was given new credentials. Its users need those that it has.
        if (await probe.AnswersAsync(server.Renewed(), cancellationToken))
            return StepResult.Wait(server.Renewed(), server.Deadline, "CredentialsRotated", "The server answers with its new credentials.");
        var again = context.Now + options.LivenessInterval;
        return StepResult.Wait(server, again < server.Deadline ? again : server.Deadline);
    }
}
