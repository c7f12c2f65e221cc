using System.Net;

namespace ServersGrpc.FakeCloud.Machines;

internal static partial class MachineLog
{
    [LoggerMessage(LogLevel.Warning, "The address {address} of machine {machine} is taken; trying again until it is free")]
    public static partial void AddressIsTaken(this ILogger logger, string machine, IPAddress address);

    [LoggerMessage(LogLevel.Error, "Machine {machine} broke down")]
    public static partial void MachineFailed(this ILogger logger, string machine, Exception exception);
}
