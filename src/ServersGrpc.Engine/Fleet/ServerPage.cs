using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Some servers, and where the next page begins; "" on the last one.</summary>
public sealed record ServerPage(IReadOnlyList<ServerRecord> Servers, string NextPageToken);
