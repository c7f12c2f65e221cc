using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Says that it gave a machine its new credentials, and did not.</summary>
internal sealed class StubbornProvider(IServerProvider inner) : ProviderMutant(inner)
{
    public override Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) => Task.CompletedTask;
}
