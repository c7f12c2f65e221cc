using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Simulation;

namespace ServersGrpc.Tests.Simulation.Disk.Store;

/// <summary>Drops an event out of the middle of a long history.</summary>
internal sealed class LossyStore(IStorageEngine inner) : StoreMutant(inner)
{
    private const int Long = 10;

    public override async Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken)
    {
        var events = await base.ListEventsAsync(name, cancellationToken);
        return events.Count < Long ? events : [.. events.Take(Long / 2), .. events.Skip(Long / 2 + 1)];
    }
}
