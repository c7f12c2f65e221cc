using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>Finds every machine ready at once.</summary>
internal sealed class InstantProbe : IServerProbe
{
    private int _probes;

    /// <summary>How many there were so far.</summary>
    public int Probes => Volatile.Read(ref _probes);

    public Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _probes);
        return Task.CompletedTask;
    }
}
