namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>The time of a lineage, in the precision that a store keeps. It passes only when the subject says so.</summary>
internal sealed class StoreClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(TimeSpan time) => _now += time;
}
