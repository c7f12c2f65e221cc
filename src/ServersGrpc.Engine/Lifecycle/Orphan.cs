using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>An instance that no server has, and why that is so.</summary>
internal sealed record Orphan(Instance Instance, string Reason);
