namespace ServersGrpc.Simulation.Disk;

/// <summary>Which of the changes that were not synced a disk still has after it lost power.</summary>
internal enum LossMode
{
    Nothing,
    Everything,

    /// <summary>The first ones, in order; the last of them may be torn between sectors.</summary>
    InOrder,

    /// <summary>Any pages of 4,096 bytes, each whole, in any order.</summary>
    AnyPages,

    /// <summary>Any sectors of 512 bytes, each whole, in any order.</summary>
    AnySectors,
}
