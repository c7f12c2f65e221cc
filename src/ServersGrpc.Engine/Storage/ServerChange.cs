using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>One step of a watch. <paramref name="Server"/> is null for a bookmark only.</summary>
public sealed record ServerChange(ChangeType Type, long Revision, ServerRecord? Server);
