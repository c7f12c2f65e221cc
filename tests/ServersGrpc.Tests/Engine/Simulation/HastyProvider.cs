using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Says that it never misses a machine, though it does.</summary>
internal sealed class HastyProvider(IServerProvider inner) : ProviderMutant(inner)
{
    public override TimeSpan ConsistencyWindow => TimeSpan.Zero;
}
