using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>A change as the history keeps it: without what the server itself, or the event of its purge, remembers.</summary>
internal sealed record LoggedChange(
    long Revision, string Uid, DateTimeOffset Time, ServerState State, ChangeType Type, LoggedServer After)
{
    public ServerChange ApplyTo(ServerRecord server) =>
        new(Type, Revision, After.ApplyTo(server) with { State = State, Updated = Time, Revision = Revision });
}
