using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Has lost the tags of its machines, and finds none.</summary>
internal sealed class BlindProvider(IServerProvider inner) : ProviderMutant(inner)
{
    public override Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) => Task.FromResult<Instance?>(null);
}
