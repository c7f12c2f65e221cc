using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Turns a pending server into an instance. Safe to run again after any crash: looks before it creates.</summary>
internal sealed class CreateStep(
    ProviderCatalog providers, ISettingStore settings, InstanceCheck instances, Shortages shortages, LifecycleOptions options) : ILifecycleStep
{
    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        var provider = providers.Get(server.Provider);
        // The journal is open: an earlier try may have succeeded without our knowing. Look before paying twice.
        if (server.CreateIsOpen)
        {
            var sighting = await LookAsync(server, context.Now, cancellationToken);
            // Soon it is not there any more, and then the server may have another.
            if (sighting.Instance is { IsLeaving: true })
                throw new ProviderException(ProviderFault.Transient, "An earlier instance of this server is still being removed.");
            if (sighting.Instance is { } found)
                return Created(server, found, "InstanceAdopted", $"Found instance {found.Id}, made by an earlier try.");
            // An instance that is too new to be found would be made twice.
            if (sighting.Presence == Presence.Missed)
                return StepResult.Wait(server with { AbsentSince = sighting.AbsentSince }, sighting.LookAgain);
        }
        // Nothing was made so far, and while new instances are paused nothing is.
        server = server with { CreateIsOpen = false, AbsentSince = null };
        if (await settings.IsPausedAsync(cancellationToken))
            return StepResult.Wait(server, context.Now);
        // The provider may have asked for more patience than there was.
        if (server.Attempts > 0 && context.Now >= server.Deadline)
            return instances.GiveUp(server, context.Now, "RetriesExhausted", $"Given up after {server.Attempts} tries. {server.Error}");

        server = await JournalAsync(context, provider);
        var instance = await provider.CreateAsync(InstanceSpec.For(server), cancellationToken);
        shortages.EndTry(server);
        return Created(server, instance, "InstanceCreated", $"{provider.Name} made instance {instance.Id}.");
    }

    // Whatever the provider says to a look, it refuses no create with it.
    private async Task<Sighting> LookAsync(ServerRecord server, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await instances.FindAsync(server, now, cancellationToken);
        }
        catch (ProviderException e)
        {
            throw e.AsPassing();
        }
    }

    /// <summary>Before every call that may make an instance, it is on disk that there may be one, and where.</summary>
    private Task<ServerRecord> JournalAsync(StepContext context, IServerProvider provider)
    {
        var server = context.Server;
        var placement = shortages.Best(server, context.Now);
        var journaled = server with
        {
            State = ServerState.Creating,
            CreateIsOpen = true,
            AbsentSince = null,
            Deadline = server.Deadline ?? context.Now + options.CreateDeadline,
            Region = placement.Region,
            Size = placement.Size,
        };
        var isNews = server.State == ServerState.Pending || placement != new Placement(server.Region, server.Size);
        return isNews
            ? context.SaveAsync(journaled, "CreateRequested", $"Asking {provider.Name} for an instance{Where(server, placement)}.")
            : context.SaveAsync(journaled);
    }

    private static string Where(ServerRecord server, Placement placement) => server.Placements.Count == 0 ? "" : $", {placement}";

    private static StepResult Created(ServerRecord server, Instance instance, string reason, string message) => StepResult.GoOn(
        server with
        {
            State = ServerState.Created,
            InstanceId = instance.Id,
            Address = instance.Address,
            CreateIsOpen = false,
            Attempts = 0,
            AbsentSince = null,
            Deadline = null,
            Error = "",
        },
        reason, message);
}
