namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Probes a running server now and then. One that is gone is stopped, one that stays silent is given up.</summary>
internal sealed class LivenessStep(IServerProbe probe, InstanceCheck instances, LifecycleOptions options) : ILifecycleStep
{
    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        var next = context.Now + options.LivenessInterval;
        try
        {
            await probe.ProbeAsync(server, cancellationToken);
            var well = server with { Probes = 0, Attempts = 0, Error = "" };
            return server.Error.Length == 0 ? StepResult.Wait(well, next) : StepResult.Wait(well, next, "Recovered", "The instance answers again.");
        }
        catch (ProbeFailedException e)
        {
            if (await instances.IsGoneAsync(server, context.Now, cancellationToken))
                return InstanceCheck.Lost(server, e.Message);
            var failures = server.Probes + 1;
            return failures >= options.LivenessFailures
                ? instances.GiveUp(server, context.Now, "Unreachable", $"The instance failed {failures} probes in a row. {e.Message}")
                : StepResult.Wait(server with { Probes = failures }, next);
        }
    }
}
