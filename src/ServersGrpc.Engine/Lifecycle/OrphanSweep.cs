using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Searches a provider for instances of this installation that no server has, and removes them: the net below everything else. A listing
/// that failed finds nothing.
/// </summary>
internal sealed class OrphanSweep(
    ProviderCatalog providers, IServerStore store, LifecycleOptions options, LifecycleMetrics metrics, TimeProvider time, ILogger<OrphanSweep> logger)
{
    private readonly Dictionary<string, Orphanage> _orphanages =
        providers.Names.ToDictionary(name => name, _ => new Orphanage(options), StringComparer.Ordinal);

    /// <summary>One search. Never two of one provider at once.</summary>
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.StepDeadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await SweepAsync(providers.Get(name), both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Sweep(name, "failed");
            var message = e is ProviderException or StoreUnavailableException ? e.Message : $"It took longer than {options.StepDeadline}.";
            if (e is ProviderException or StoreUnavailableException or OperationCanceledException)
                LifecycleLog.SweepFailed(logger, name, message);
            else
                LifecycleLog.LoopFaulted(logger, e);
        }
    }

    private async Task SweepAsync(IServerProvider provider, CancellationToken cancellationToken)
    {
        // The provider first: a server that is recorded later is not among its instances, and one that is, is found among the servers.
        var instances = await provider.ListAsync(cancellationToken);
        var servers = await store.ListAsync(new() { Provider = provider.Name }, null, int.MaxValue, cancellationToken);
        var ours = servers.ToDictionary(server => server.Uid);
        var witnesses = Witnesses.Among(ours.Values, provider, time.GetUtcNow()).Select(server => server.InstanceId).ToHashSet();
        if (witnesses.Count > 0 && !instances.Any(instance => witnesses.Contains(instance.Id)))
        {
            throw new ProviderException(
                ProviderFault.Transient, $"It lists none of the {witnesses.Count} servers that answer: is its token another account's?");
        }
        var verdict = _orphanages[provider.Name].Judge(instances, ours, time.GetUtcNow());
        foreach (var (instance, reason) in verdict.Orphans)
            LifecycleLog.OrphanFound(logger, provider.Name, instance.Id, instance.Name, instance.Uid, instance.Created, reason);
        metrics.Orphans(provider.Name, "found", verdict.Orphans.Count);
        if (verdict.IsTooMuch)
        {
            LifecycleLog.TooManyOrphans(logger, verdict.Orphans.Count, instances.Count, provider.Name, verdict.Limit);
            metrics.Sweep(provider.Name, "too_many");
            return;
        }
        if (options.Sweep == SweepMode.Destroy)
        {
            foreach (var orphan in verdict.Orphans)
                await DestroyAsync(provider, orphan, cancellationToken);
        }
        metrics.Sweep(provider.Name, "ok");
        metrics.SweepSucceeded(provider.Name, time.GetUtcNow());
    }

    // One that can't be removed is no reason to leave the others.
    private async Task DestroyAsync(IServerProvider provider, Orphan orphan, CancellationToken cancellationToken)
    {
        var instance = orphan.Instance;
        try
        {
            await provider.DestroyAsync(instance, cancellationToken);
        }
        catch (ProviderException e)
        {
            LifecycleLog.OrphanStays(logger, provider.Name, instance.Id, e.Message);
            metrics.Orphans(provider.Name, "failed", 1);
            return;
        }
        LifecycleLog.OrphanDestroyed(logger, provider.Name, instance.Id);
        metrics.Orphans(provider.Name, "destroyed", 1);
        await TellAsync(orphan, cancellationToken);
    }

    /// <summary>Where the server is still known, its story tells of it.</summary>
    private async Task TellAsync(Orphan orphan, CancellationToken cancellationToken)
    {
        var (instance, reason) = orphan;
        try
        {
            await store.ChangeAsync(instance.Name, server => server.Uid == instance.Uid
                ? new(server, new EventDraft("OrphanRemoved", $"Instance {instance.Id} was told to go. {reason}", StepResult.Actor))
                : null, cancellationToken);
        }
        catch (Exception e) when (e is ServerNotFoundException or StoreUnavailableException)
        {
            // Most orphans' servers are purged. The log and the metrics tell, and the other orphans are to go as well.
        }
    }
}
