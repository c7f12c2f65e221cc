using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>Finds every machine ready at once.</summary>
internal sealed class InstantProbe : IServerProbe
{
    public Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken) => Task.CompletedTask;
}
