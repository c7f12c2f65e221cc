using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// A changed server and why. With events the change is one that callers see: it gets a revision and a new time of update. Without, it
/// is the lifecycle's own bookkeeping.
/// </summary>
public sealed record ServerSave(ServerRecord Server, params IReadOnlyList<EventDraft> Events);
