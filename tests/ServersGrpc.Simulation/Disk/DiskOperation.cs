namespace ServersGrpc.Simulation.Disk;

internal enum DiskOperationKind
{
    Create,
    Write,
    SetLength,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
}

/// <summary>
/// One operation that changes a disk or makes a change durable. These are counted for cuts of power and for faults; reads are not.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Name">The file; empty for the directory.</param>
/// <param name="At">Where a write begins.</param>
/// <param name="Count">The bytes of a write, or the new length.</param>
internal readonly record struct DiskOperation(DiskOperationKind Kind, string Name, long At = 0, long Count = 0)
{
    public bool IsSync => Kind is DiskOperationKind.Sync or DiskOperationKind.SyncDirectory;

    public override string ToString() => Kind switch
    {
        DiskOperationKind.Write => $"write of {Count} bytes at {At} of {Name}",
        DiskOperationKind.SetLength => $"length {Count} of {Name}",
        DiskOperationKind.SyncDirectory => "sync of the directory",
        _ => $"{Kind.ToString().ToLowerInvariant()} of {Name}",
    };
}
