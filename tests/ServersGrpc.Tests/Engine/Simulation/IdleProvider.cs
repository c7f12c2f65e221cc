using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Accepts removals, and never removes anything.</summary>
internal sealed class IdleProvider(IServerProvider inner) : ProviderMutant(inner)
{
    public override Task DestroyAsync(Instance instance, CancellationToken cancellationToken) => Task.CompletedTask;
}
