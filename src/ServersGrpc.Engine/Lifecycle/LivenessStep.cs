using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Probes a running server now and then. One that is gone is stopped, one that stays silent is given up.</summary>
internal sealed class LivenessStep(
    ProviderCatalog providers, MeteredProbe probe, InstanceCheck instances, LivenessBreaker breaker, CertificateEnds ends, LifecycleOptions options)
    : ILifecycleStep
{
    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        var next = context.Now + options.LivenessInterval;
        try
        {
            await probe.ProbeAsync(server, cancellationToken);
            return Well(server, next);
        }
        catch (ProbeFailedException e)
        {
            return await SilentAsync(server, context.Now, next, e.Message, cancellationToken);
        }
    }

    private StepResult Well(ServerRecord server, DateTimeOffset next)
    {
        var well = server with { Probes = 0, Attempts = 0, AbsentSince = null, Error = "" };
        // One thing at a time: the next look tells the other.
        if (server.Error.Length > 0)
            return StepResult.Wait(well, next, "Recovered", "The instance answers again.");
        return ends.IsNews(server)
            ? StepResult.Wait(
                well with { ExpiryTold = true }, next, "CertificateExpiring",
                $"The server's certificates end at {server.Credentials.Expires:u}; nobody reaches it after that. Rotate its credentials, or replace it.")
            : StepResult.Wait(well, next);
    }

    /// <summary>What becomes of a server whose machine did not answer once more.</summary>
    public async Task<StepResult> SilentAsync(
        ServerRecord server, DateTimeOffset now, DateTimeOffset next, string why, CancellationToken cancellationToken)
    {
        // While an absence is looked into, probes follow each other closely: no more of them counts than of any other time.
        if (server.AbsentSince is null)
            server = server with { Probes = server.Probes + 1 };
        // The first failure only tells the others of it: what befalls many at once must not be judged one by one.
        if (server is { Probes: 1, AbsentSince: null })
            return StepResult.Wait(server, next);
        var isOurs = (await breaker.ReadAsync(cancellationToken)).IsSuspended;
        // While it is our network that fails, providers are asked less often: there may be thousands to ask for.
        if (isOurs && server.Probes % options.LivenessFailures != 0 && server.AbsentSince is null)
            return StepResult.Wait(server, next);

        var sighting = await instances.TryFindAsync(server, now, cancellationToken);
        // A provider that can't be asked ends that: or probes would not count for as long.
        server = server with { AbsentSince = sighting.Presence == Presence.Unknown ? null : sighting.AbsentSince };
        if (sighting.Presence == Presence.Gone && !(isOurs && await KnowsNoneOfOursAsync(server.Provider, cancellationToken)))
            return InstanceCheck.Lost(server, why);
        if (InstanceCheck.HasMoved(server, sighting))
            return InstanceCheck.Moved(server, sighting, now);
        var isJudged = !isOurs && breaker.HasBeenWellFor(options.LivenessInterval * (options.LivenessFailures - 1));
        return server.Probes >= options.LivenessFailures && isJudged && sighting.Presence != Presence.Missed
            ? instances.GiveUp(server, now, "Unreachable", $"The instance failed {server.Probes} probes in a row. {why}")
            : StepResult.Wait(server, sighting.LookAgain < next ? sighting.LookAgain : next);
    }

    // A provider that has lost all of them at once is more likely asked in the name of somebody else: with another account's token.
    private async Task<bool> KnowsNoneOfOursAsync(string provider, CancellationToken cancellationToken)
    {
        try
        {
            return (await providers.Get(provider).ListAsync(cancellationToken)).Count == 0;
        }
        catch (ProviderException)
        {
            // It can't tell, so what it said of one is not believed either.
            return true;
        }
    }
}
