namespace ServersGrpc.Engine.Storage;

/// <summary>What happened to servers. Events outlive their servers.</summary>
public interface IEventStore
{
    /// <summary>Events of all servers that had this name, oldest first.</summary>
    Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken);

    /// <summary>Adds events that leave their servers, and what watches hear, as they are.</summary>
    Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken);

    /// <summary>Forgets the events of servers that were purged before a time, and the notes from before it.</summary>
    Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken);
}
