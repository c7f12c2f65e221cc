using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Does not notice that the clock was set back.</summary>
internal sealed class SleepyStore(IServerStore inner) : StoreMutant(inner)
{
    public override Task WakeAllAsync(DateTimeOffset longestLease, CancellationToken cancellationToken) => Task.CompletedTask;
}
