namespace ServersGrpc.Tests.Simulation.Disk;

/// <summary>What is broken in a <see cref="ToyStore"/> on purpose.</summary>
public enum ToyFlaw
{
    None,
    AcknowledgesBeforeSync,
    NoChecksum,
    NoSyncBeforeRename,
    NoDirectorySyncAfterRename,

    /// <summary>After a failed sync, reads show what the disk lacks.</summary>
    TrustsReadsAfterFailedSync,
    ForgetsAWriteInCheckpoints,
    CannotOpenAfterLoss,
}
