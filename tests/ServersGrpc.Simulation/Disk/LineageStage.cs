namespace ServersGrpc.Simulation.Disk;

/// <summary>How far a life came.</summary>
internal enum LineageStage
{
    Opening,
    Checking,
    Working,
    Checkpoint,
    Closing,
    Closed,
}
