namespace ServersGrpc.Simulation.Disk;

/// <summary>The store that build/simulate --power-loss and --disk-faults try.</summary>
internal static class DiskSubject
{
    /// <summary>Makes the subject of a lineage, of its seed.</summary>
    public static Func<int, ISubject> Make => _ => new LiteFileSubject();
}
