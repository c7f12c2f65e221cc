using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>The servers that a worker now holds, and when the next one is due that it does not hold; null: none is.</summary>
public sealed record Claim(IReadOnlyList<ServerRecord> Servers, DateTimeOffset? NextWake);
