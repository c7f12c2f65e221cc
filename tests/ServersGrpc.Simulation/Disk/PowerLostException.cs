namespace ServersGrpc.Simulation.Disk;

/// <summary>The simulated machine lost power in this operation or before it.</summary>
internal sealed class PowerLostException() : IOException("The power is lost.");
