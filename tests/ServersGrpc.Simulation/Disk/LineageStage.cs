namespace ServersGrpc.Simulation.Disk;

/// <summary>How far a life came.</summary>
internal enum LineageStage
{
    Opening,
    Checking,
    Working,
    Checkpoint,

    /// <summary>The store goes on after a failure.</summary>
    Recovering,
    Closing,
    Closed,
}
