namespace ServersGrpc.Simulation.Cloud;

/// <summary>What lies between the service and its machines.</summary>
internal sealed class Network
{
    /// <summary>No machine answers, though all are well.</summary>
    public bool IsDown { get; set; }
}
