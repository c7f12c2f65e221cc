using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// Remembers every server. What a call has acknowledged survives the loss of power. Any call may throw
/// <see cref="StoreUnavailableException"/>; then it had no effect, but for a commit whose outcome the disk did not tell. SQLite today; PostgreSQL is the second implementation that the
/// configuration is laid out for.
/// </summary>
public interface IServerStore
{
    /// <summary>Raised after servers may have become due, on a thread that must not be held up.</summary>
    event Action? Woken;

    /// <summary>Identifies this installation to providers. Made at first start.</summary>
    string InstallationId { get; }

    /// <summary>Adds a server and its first event, unless its request id was seen before of the same owner with the same digest: then that server is returned.</summary>
    /// <exception cref="RequestIdReusedException">The request id was seen with another digest.</exception>
    /// <exception cref="NameTakenException">A server that is not purged has the name.</exception>
    /// <exception cref="ServerLimitException">So many servers that are not stopped exist.</exception>
    /// <exception cref="AddressTakenException">A server that is not stopped has the address that is planned for this one.</exception>
    Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken);

    /// <summary>The server with this name, or null.</summary>
    ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>The server with this uid, without its secrets where it is purged; null where nothing is remembered of it.</summary>
    ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken);

    /// <summary>Servers that fit, oldest first, then by name; from <paramref name="after"/> on, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken);

    /// <summary>Events of all servers that had this name, oldest first.</summary>
    Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken);

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
    /// Changes a server by its name, whoever works on it: <paramref name="change"/> sees the server as it is inside the transaction
    /// and returns what to save, or null to leave it. A worker's lease stays; its next save will be refused.
    /// </summary>
    /// <exception cref="ServerNotFoundException">No server has the name.</exception>
    Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken);

    /// <summary>Adds events that leave their servers, and what watches hear, as they are.</summary>
    Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken);

    /// <summary>
    /// Leases due servers to a worker, and says when the next one is due. Servers whose step would start a new
    /// instance are left out unless <paramref name="startNew"/>. A leased server is due again when its lease ends.
    /// </summary>
    /// <param name="lease">Who works on them, until when.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="share">How many of one provider at most; those of providers that have none are left out, of when the next is due too.</param>
    /// <param name="startNew">Whether new instances may be started.</param>
    /// <param name="cancellationToken">Takes the claim back, if it is not being written yet.</param>
    Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, bool startNew, CancellationToken cancellationToken);

    /// <summary>
    /// Saves what a worker did. Returns the saved server, or null when it lost: the server has another version, or the lease another owner.
    /// </summary>
    Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken);

    /// <summary>Gives leases back at once; the servers are due again.</summary>
    Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken);

    /// <summary>Removes a server that a worker holds; its events stay. False when the worker lost it.</summary>
    Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken);

    /// <summary>Forgets the events of purged servers from before a time.</summary>
    Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken);

    /// <summary>Whether the starting of new instances is paused. Survives a restart.</summary>
    bool IsPaused { get; }

    /// <summary>Pauses or resumes. What waited for it has all its time for a create again.</summary>
    Task SetPausedAsync(bool paused, CancellationToken cancellationToken);

    /// <summary>
    /// The latest time of day at which any server was told when to wake, since all of them were woken. Where it lies ahead, the clock was set
    /// back since, and <see cref="WakeAllAsync"/> is needed.
    /// </summary>
    DateTimeOffset LatestSchedule { get; }

    /// <summary>
    /// Makes all servers that nobody works on due now, and lets no lease last longer than a given time: after the clock was set back, nothing
    /// must wait for the old time.
    /// </summary>
    /// <param name="longestLease">Until when a lease that is given now lasts.</param>
    /// <param name="cancellationToken">Takes it back, if it is not being written yet.</param>
    Task WakeAllAsync(DateTimeOffset longestLease, CancellationToken cancellationToken);

    /// <summary>
    /// Encrypts the secrets of all servers under another key, while everything else goes on: a new one, where the key file is the data
    /// directory's own; otherwise the first key of the file that is configured, read anew, or of the variable, as it was at start. May be
    /// repeated when it failed or was ended.
    /// </summary>
    /// <returns>How many servers were not encrypted under that key before.</returns>
    /// <exception cref="Encryption.EncryptionException">The keys can't be had, or don't open what is there; nothing was changed then.</exception>
    Task<int> RotateKeyAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the database answers a read and is not failing writes.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
