using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Tells the provider to remove the instance, until the provider says that nothing is there. An acknowledgement ends nothing: only absence
/// does. Never gives up.
/// </summary>
internal sealed class DestroyStep(ProviderCatalog providers, InstanceCheck instances) : ILifecycleStep
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        if (!server.MayHaveInstance)
            return instances.Stopped(server, context.Now, "Stopped", "No instance was ever made.");
        var provider = providers.Get(server.Provider);

        // Told once, whatever a look by uid would say: its tags may be lost, and what was half made leaves things behind.
        if (server.Probes == 0)
        {
            await provider.DestroyAsync(new(server.InstanceId, server.Uid, server.Name, server.Address, server.Created), cancellationToken);
            return Again(context, absentSince: null);
        }
        var sighting = await instances.FindAsync(server, context.Now, cancellationToken);
        if (sighting.Presence == Presence.Gone)
            return instances.Stopped(server, context.Now, "Stopped", $"{provider.Name} says that nothing is left of the instance.");
        if (sighting.Instance is { } instance)
            await provider.DestroyAsync(instance, cancellationToken);
        return Again(context, sighting.AbsentSince, sighting.LookAgain);
    }

    private static StepResult Again(StepContext context, DateTimeOffset? absentSince, DateTimeOffset? lookAgain = null)
    {
        var server = context.Server;
        var pause = Backoff.Growing(server.Probes, FirstPause, LongestPause);
        return StepResult.Wait(
            server with { Attempts = 0, Probes = server.Probes + 1, AbsentSince = absentSince }, lookAgain ?? context.Now + pause);
    }
}
