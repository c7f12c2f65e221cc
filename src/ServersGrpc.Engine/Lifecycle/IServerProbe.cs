using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Asks a machine whether it answers. The real one speaks HTTPS; simulations answer by script.</summary>
public interface IServerProbe
{
    /// <summary>Returns when the machine answered as itself; otherwise throws <see cref="ProbeFailedException"/> with the reason.</summary>
    Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken);
}
