namespace ServersGrpc.FakeCloud.Client;

/// <summary>What costs money now, and what did.</summary>
/// <param name="Machines">That are there now.</param>
/// <param name="Things">Volumes and addresses that are there now.</param>
/// <param name="MachinesMade">Ever.</param>
/// <param name="MachineSeconds">Of all that were ever made.</param>
/// <param name="ThingSeconds">Of volumes and addresses.</param>
public sealed record Bill(
    IReadOnlyList<BilledMachine> Machines,
    IReadOnlyList<BilledThing> Things,
    long MachinesMade,
    double MachineSeconds,
    double ThingSeconds);
