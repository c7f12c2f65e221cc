namespace ServersGrpc.Tests.Simulation.Disk.Store;

/// <summary>What is broken in a <see cref="FlawedDirectory"/> on purpose.</summary>
public enum DiskFlaw
{
    /// <summary>What is acknowledged is not on the disk.</summary>
    DoesNotSyncLogs,

    /// <summary>What a rotation of keys is to remove stays.</summary>
    DoesNotCutLogs,

    /// <summary>After one failure nothing works any more, until the store is opened again.</summary>
    StaysBroken,
}
