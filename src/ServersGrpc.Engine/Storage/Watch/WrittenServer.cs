using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>A server as a transaction left it.</summary>
internal sealed record WrittenServer(ServerRecord Server, bool Removed);
