using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>An event that leaves its server as it is.</summary>
/// <param name="Server">The server, as somebody saw it.</param>
/// <param name="Event">What happened.</param>
public sealed record ServerNote(ServerRecord Server, EventDraft Event);
