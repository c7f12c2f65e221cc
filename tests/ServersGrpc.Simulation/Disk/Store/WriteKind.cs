namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>How a write comes to the disk.</summary>
internal enum WriteKind
{
    /// <summary>In one transaction, which it shares with what waits at the same time.</summary>
    Shared,

    /// <summary>In a transaction of its own.</summary>
    Alone,

    /// <summary>In several transactions, between which others may come.</summary>
    InParts,
}
