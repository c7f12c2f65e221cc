using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation;

/// <summary>Where a test puts something broken between the engine and its world, to see that a simulation notices.</summary>
internal sealed record SimulationHooks(Func<IStorageEngine, IStorageEngine> Store, Func<IServerProvider, IServerProvider> Provider)
{
    public static readonly SimulationHooks None = new(store => store, provider => provider);
}
