using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Probes a booting instance until it answers twice in a row, or its time is over.</summary>
internal sealed class ReadinessStep(ProviderCatalog providers, MeteredProbe probe, InstanceCheck instances, LifecycleOptions options) : ILifecycleStep
{
    private const int SuccessesNeeded = 2;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        try
        {
            server = await LocateAsync(context, cancellationToken);
            for (var successes = 0; successes < SuccessesNeeded; successes++)
                await probe.ProbeAsync(server, cancellationToken);
        }
        catch (ProbeFailedException e)
        {
            return await NotReadyAsync(server, context.Now, e.Message, cancellationToken);
        }
        return StepResult.Wait(
            server with { State = ServerState.Running, Started = context.Now, Deadline = null, Attempts = 0, Probes = 0, AbsentSince = null, Error = "" },
            context.Now + options.LivenessInterval, "Ready", $"The instance answers at {server.Address}.");
    }

    private async Task<ServerRecord> LocateAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        if (server.Address.Length > 0)
            return server;
        var instance = await providers.Get(server.Provider).FindAsync(server.Uid, cancellationToken);
        return instance is { Address.Length: > 0 }
            ? await context.SaveAsync(server with { Address = instance.Address }, "AddressAssigned", $"The instance has the address {instance.Address}.")
            : throw new ProbeFailedException("The provider has not given the instance an address yet.");
    }

    private async Task<StepResult> NotReadyAsync(ServerRecord server, DateTimeOffset now, string why, CancellationToken cancellationToken)
    {
        var sighting = await instances.TryFindAsync(server, now, cancellationToken);
        if (sighting.Presence == Presence.Gone)
            return InstanceCheck.Lost(server, why);
        if (now >= server.Deadline)
            return instances.GiveUp(server, now, "NotReady", $"The instance did not answer within {options.ReadyDeadline}. {why}");
        server = server with { Attempts = server.Attempts + 1, AbsentSince = sighting.AbsentSince };
        if (InstanceCheck.HasMoved(server, sighting))
            return InstanceCheck.Moved(server, sighting, now);
        var pause = Backoff.Growing(server.Attempts - 1, FirstPause, LongestPause);
        return StepResult.Wait(server, now + pause);
    }
}
