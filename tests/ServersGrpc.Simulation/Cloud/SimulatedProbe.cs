using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Simulation.Cloud;

/// <summary>Asks simulated machines whether they answer, over a network that may be down.</summary>
internal sealed class SimulatedProbe(World world, IReadOnlyList<SimulatedCloud> clouds, Network network, TimeProvider time, TimeSpan timeout) : IServerProbe
{
    public async Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        await Task.Delay(world.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100)), time, cancellationToken);
        if (Answers(server))
            return;
        // Some refuse at once, of others nothing is heard.
        if (world.Random.Next(2) == 0)
            await Task.Delay(timeout, time, cancellationToken);
        world.Trace.Add($"probe of {server.Name} at {server.Address} failed");
        throw new ProbeFailedException("no answer");
    }

    private bool Answers(ServerRecord server) => !network.IsDown && clouds.Any(cloud => cloud.Machines.Any(machine =>
        machine is { IsThere: true, Hangs: false } && machine.Address == server.Address && machine.Uid == server.Uid && machine.Admits(server)
        && world.Clock.Elapsed >= machine.Booted));
}
