using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Saves what a worker did over whatever came in between.</summary>
internal sealed class OverwritingStore(IStorageEngine inner) : StoreMutant(inner)
{
    public override async Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SaveAsync(save, leaseOwner, cancellationToken)
                ?? await ChangeAsync(save.Server.Name, current => current.Uid == save.Server.Uid ? save : null, cancellationToken);
        }
        catch (ServerNotFoundException)
        {
            return null;
        }
    }
}
