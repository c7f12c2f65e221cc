using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// The servers. What a call has acknowledged survives the loss of power. Any call of any of the stores may throw
/// <see cref="StoreUnavailableException"/>; then it had no effect, but for a commit whose outcome the disk did not tell.
/// </summary>
public interface IServerStore
{
    /// <summary>Adds a server and its first event, unless its request id was seen before of the same owner with the same digest: then that server is returned.</summary>
    /// <exception cref="RequestIdReusedException">The request id was seen with another digest.</exception>
    /// <exception cref="NameTakenException">A server that is not purged has the name.</exception>
    /// <exception cref="ServerLimitException">So many servers that are not stopped exist.</exception>
    /// <exception cref="AddressTakenException">A server that is not stopped has the address that is planned for this one.</exception>
    Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Does what <see cref="AddAsync"/> does, with the same exceptions, and adds nothing. Returns the server that would be returned: the given
    /// one, if it would be added.
    /// </summary>
    ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken);

    /// <summary>The server with this name, or null.</summary>
    ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>The server with this uid, without its secrets where it is purged; null where nothing is remembered of it.</summary>
    ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken);

    /// <summary>Servers that fit, oldest first, then by name; from <paramref name="after"/> on, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken);

    /// <summary>Counts all servers, by provider.</summary>
    /// <param name="expiring">Running servers whose certificates end before this time are counted as expiring.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken);

    /// <summary>
    /// Changes since a revision (0: every server as it is, as added), a bookmark, then changes as they happen, each once and in order. A
    /// bookmark comes too whenever nothing else was said for a while.
    /// </summary>
    /// <param name="since">The last revision seen.</param>
    /// <param name="query">Which servers' changes, by what they are after the change.</param>
    /// <param name="bookmarkInterval">How long to say nothing at most.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="RevisionExpiredException">The revision is too old, or was never reached.</exception>
    /// <exception cref="SlowReaderException">The reader fell too far behind.</exception>
    /// <exception cref="StoreUnavailableException">The database was in trouble; watch again from the last revision seen.</exception>
    IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a server by its name, no matter who works on it: <paramref name="change"/> sees the server as it is inside the transaction
    /// and returns what to save, or null to leave it. A worker's lease stays; its next save will be refused.
    /// </summary>
    /// <exception cref="ServerNotFoundException">No server has the name.</exception>
    Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken);
}
