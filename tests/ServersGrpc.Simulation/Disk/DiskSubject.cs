using ServersGrpc.Simulation.Disk.Store;

namespace ServersGrpc.Simulation.Disk;

/// <summary>The store that build/simulate --power-loss and --disk-faults try.</summary>
internal static class DiskSubject
{
    /// <summary>Makes the subject of a lineage, of its seed: of four one is the store's files alone, and one has callers who do not wait.</summary>
    public static ISubject Make(int seed) => (seed % 4) switch
    {
        0 => new LiteFileSubject(),
        1 => new StoreSubject(seed, isExact: false),
        _ => new StoreSubject(seed, isExact: true),
    };
}
