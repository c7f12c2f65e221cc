using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Turns a pending server into an instance. Safe to run again after any crash: looks before it creates.</summary>
internal sealed class CreateStep(ProviderCatalog providers, IServerStore store, LifecycleOptions options) : ILifecycleStep
{
    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        var provider = providers.Get(server.Provider);
        if (!server.CreateIsOpen)
        {
            var journaled = server with { State = ServerState.Creating, CreateIsOpen = true, Deadline = server.Deadline ?? context.Now + options.CreateDeadline };
            server = await context.SaveAsync(journaled, "CreateRequested", $"Asking {provider.Name} for an instance.");
        }
        // The journal was open: an earlier try may have succeeded without our knowing. Look before paying twice.
        else if (await provider.FindAsync(server.Uid, cancellationToken) is { } found)
        {
            return Created(server, found, "InstanceAdopted", $"Found instance {found.Id}, made by an earlier try.");
        }
        // An instance that is too new to be found would be made twice.
        else if (InstanceCheck.MayBeMissed(server, provider, context.Now))
        {
            return StepResult.Wait(server, server.Updated + provider.ConsistencyWindow);
        }
        // Nothing was made after all, and while new instances are paused nothing is.
        else if (store.IsPaused)
        {
            return StepResult.Wait(server with { CreateIsOpen = false }, context.Now);
        }
        var instance = await provider.CreateAsync(InstanceSpec.For(server), cancellationToken);
        return Created(server, instance, "InstanceCreated", $"{provider.Name} made instance {instance.Id}.");
    }

    private static StepResult Created(ServerRecord server, Instance instance, string reason, string message) => StepResult.GoOn(
        server with
        {
            State = ServerState.Created,
            InstanceId = instance.Id,
            Address = instance.Address,
            CreateIsOpen = false,
            Attempts = 0,
            Deadline = null,
            Error = "",
        },
        reason, message);
}
