using System.Net;

namespace ServersGrpc.Engine.Providers;

/// <summary>Where a server will be reached, known before it is made.</summary>
/// <param name="Ip">The IP address that its certificate is made for.</param>
/// <param name="IsShared">
/// Whether other servers have the address too, each at a port of its own, which only the instance tells. Otherwise no two servers that are
/// not stopped have it, the record has it from the start, and the instance is made with it.
/// </param>
public sealed record PlannedAddress(IPAddress Ip, bool IsShared);
