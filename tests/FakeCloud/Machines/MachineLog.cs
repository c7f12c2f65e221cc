using System.Net;

namespace ServersGrpc.FakeCloud.Machines;

internal static partial class MachineLog
{
    [LoggerMessage(LogLevel.Warning, "The address {address} of machine {machine} is taken; trying again until it is free")]
    public static partial void AddressIsTaken(this ILogger logger, string machine, IPAddress address);
}
