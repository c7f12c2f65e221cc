using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;

namespace ServersGrpc.Tests.Simulation.Disk.Store;

/// <summary>Acknowledges a token before it is on the disk.</summary>
internal sealed class HastyStore(IStorageEngine inner) : StoreMutant(inner)
{
    public override Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        _ = base.SaveTokenAsync(token, cancellationToken);
        return Task.CompletedTask;
    }
}
