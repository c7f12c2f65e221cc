namespace ServersGrpc.Simulation.Cloud;

/// <summary>A failure that no part of the service foresees by its type.</summary>
internal sealed class SimulatedFaultException(string message) : Exception(message);
