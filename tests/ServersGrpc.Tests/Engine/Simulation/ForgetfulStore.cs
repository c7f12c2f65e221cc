using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Never keeps that a create is open.</summary>
internal sealed class ForgetfulStore(IStorageEngine inner) : StoreMutant(inner)
{
    public override Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        base.SaveAsync(save with { Server = save.Server with { CreateIsOpen = false } }, leaseOwner, cancellationToken);
}
