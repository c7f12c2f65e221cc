using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in the data directory. Writes are on disk before they are acknowledged; reads of servers are
/// answered from memory.
/// </summary>
internal sealed class SqliteServerStore : IStorageEngine, IDisposable
{
    public const string FileName = StorageOptions.FileName;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly ServerCache _cache = new();
    private readonly CommittedView _view;
    private readonly SqliteReader _reader;
    private readonly ChangeWatcher _watcher;
    private readonly KeyRotation _keys;
    private readonly SqliteWriter _writer;
    private bool _isDisposed;

    private SqliteServerStore(
        SqliteDatabase database, KeyRing keys, IKeySource source, string installationId, int batch, TimeProvider time, StoreMetrics metrics,
        ILogger logger)
    {
        (_database, _time) = (database, time);
        _view = new(_cache);
        _reader = new(database);
        _keys = new(database, _reader, source, keys, logger);
        _watcher = new(_view, ReadHistoryAsync, time, metrics);
        InstallationId = Start(installationId);
        _writer = new(OpenSession, database.TryRoom, Publish, batch, time, metrics, logger);
        metrics.Observe(this, () => _writer.Fault is not null, time);
        StoreLog.Opened(logger, database.File, _cache.All.Count(), _view.Settings.Revision);
    }

    public event Action? Woken;

    public string InstallationId { get; }

    public ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_view.Settings.Paused);

    /// <summary>Opens the store of a data directory, making or upgrading its database.</summary>
    /// <param name="directory">Held by this process.</param>
    /// <param name="installationId">The id to take at first start, "" to make one; later it must be the same, or "".</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told how the store does.</param>
    /// <param name="logger">Told when writes begin to fail and when they recover.</param>
    /// <exception cref="StoreOpenException">The database can't be used.</exception>
    public static SqliteServerStore Open(
        DataDirectory directory, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics, ILogger logger)
    {
        return Open(directory, installationId, options, KeySources.Of(options.Encryption, directory, logger), time, metrics, logger);
    }

    internal static SqliteServerStore Open(
        DataDirectory directory, string installationId, StorageOptions options, IKeySource source, TimeProvider time, StoreMetrics metrics,
        ILogger logger)
    {
        var database = new SqliteDatabase(directory.File(FileName), options.BusyTimeout);
        try
        {
            var keys = database.Prepare(source);
            return new(database, keys, source, installationId, options.MaxBatch, time, metrics, logger);
        }
        catch (EncryptionException e)
        {
            throw new StoreOpenException(e.Message, e);
        }
        catch (SqliteException e)
        {
            throw new StoreOpenException($"The database {database.File} can't be read: {SqliteFaults.AsUnavailable(e)?.Message ?? e.Message}", e);
        }
    }

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
        _writer.RunAsync(session => FindEarlier(session, server, limits) ?? session.Add(server, first), cancellationToken);

    public async ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken) =>
        await _writer.RunAsync(session => FindEarlier(session, server, limits) ?? server, cancellationToken);

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_cache.TryGet(name, out var server) ? server : null);

    public ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
        ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken)
    {
        var servers = _cache.All.Where(query.Fits);
        if (after is not null)
            servers = servers.Where(after.IsBefore);
        return ValueTask.FromResult<IReadOnlyList<ServerRecord>>(
            [.. servers.OrderBy(s => s.Created).ThenBy(s => s.Name, StringComparer.Ordinal).Take(limit)]);
    }

    public ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ServerCensus.Of(_cache.All, expiring));

    public async ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) =>
        _cache.FindByUid(uid) ?? await _reader.ReadAsync(connection => EventTable.ReadPurged(connection, uid), cancellationToken);

    public Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
        _reader.ReadAsync(connection => EventTable.ReadByName(connection, name), cancellationToken);

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        _watcher.WatchAsync(since, query, bookmarkInterval, cancellationToken);

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            var server = session.Find(name) ?? throw new ServerNotFoundException(name);
            return change(server) is { } save ? session.Update(server, save.Server, save.Events) : server;
        }, cancellationToken);

    public Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            // Set back while the service was down, too.
            if (lease.From < _view.LatestSchedule - Lease.ClockTolerance)
                session.WakeAll(lease.Until);
            var startNew = !session.Settings.Paused;
            var claimed = new List<ServerRecord>();
            DateTimeOffset? next = null;
            foreach (var provider in session.Providers)
            {
                var most = Math.Min(share(provider), limit - claimed.Count);
                if (most <= 0)
                    continue;
                claimed.AddRange(session.Servers.Due(provider, lease.From, most, startNew).Select(session.FindByUid).OfType<ServerRecord>()
                    .Select(server => session.Update(server, server with { LeaseOwner = lease.Owner, LeaseUntil = lease.Until, Scheduled = lease.From })));
                if (session.Servers.NextWake(provider, startNew) is { } wake && !(wake > next))
                    next = wake;
            }
            return new Claim(claimed, next);
        }, cancellationToken);

    public Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            var server = session.FindByUid(save.Server.Uid);
            return IsHeld(server, save.Server, leaseOwner) ? session.Update(server!, save.Server, save.Events) : null;
        }, cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            foreach (var server in uids.Select(session.FindByUid).OfType<ServerRecord>().Where(s => s.LeaseOwner == leaseOwner))
                session.Update(server, server with { LeaseOwner = null, LeaseUntil = null, WakeAt = session.Now, Scheduled = session.Now });
            return true;
        }, cancellationToken);

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            if (!IsHeld(session.FindByUid(server.Uid), server, leaseOwner))
                return false;
            session.Remove(server, last);
            return true;
        }, cancellationToken);

    public Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            session.ForgetBefore(time);
            return true;
        }, cancellationToken);

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            foreach (var note in notes)
                session.Note(note);
            return true;
        }, cancellationToken);

    public Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken) =>
        _reader.ReadAsync(TokenTable.Read, cancellationToken);

    public Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            TokenTable.Save(session.Connection, token);
            return true;
        }, cancellationToken);

    public Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        _writer.RunAsync(session =>
        {
            foreach (var (name, time) in uses)
                TokenTable.SaveUse(session.Connection, name, time);
            return true;
        }, cancellationToken);

    public async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        await _writer.RunAsync(session =>
        {
            session.Settings = session.Settings with { Paused = paused };
            // The time for which they had to wait is not taken from what they have for their tries.
            foreach (var server in paused ? [] : session.All().Where(s => s is { StartsNew: true, Deadline: not null, LeaseOwner: null }))
                session.Update(server, server with { Deadline = null });
            return true;
        }, cancellationToken);
        Woken?.Invoke();
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _reader.ReadAsync(connection =>
        {
            using var statement = new SqliteStatement(connection, "SELECT COUNT(*) FROM settings");
            return statement.Number();
        }, cancellationToken);
        // After a failed write only a write can tell whether the trouble is over.
        if (_writer.Fault is not null)
            await _writer.RunAsync(session => session.InstallationId = InstallationId, cancellationToken);
        if (_writer.Fault is { } fault)
            throw new StoreUnavailableException(fault.Message, fault);
    }

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) => _keys.RunAsync(_writer, cancellationToken);

    public void Dispose()
    {
        // It is known by two interfaces, and so ended twice.
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        _writer.Dispose();
        _keys.Dispose();
    }

    /// <summary>What is done once a start. Returns the installation's id.</summary>
    private string Start(string asked)
    {
        using var session = new WriteSession(_database, _keys.Keys, _cache, _time);
        session.Servers.EndLeases(session.Now);
        var known = session.InstallationId ??= asked.Length > 0 ? asked : Guid.NewGuid().ToString("N");
        // Under another id this service would not see the instances that it pays for.
        return asked.Length == 0 || asked == known
            ? known
            : throw new StoreOpenException($"The database {_database.File} is of installation {known}, but Servers:InstallationId is {asked}.");
    }

    private WriteSession OpenSession()
    {
        var session = new WriteSession(_database, _keys.Keys, _cache, _time);
        try
        {
            _view.Load(session.Servers.ReadAll(), session.Settings);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void Publish(CommittedWrites committed)
    {
        _view.Publish(committed);
        if (committed.MayBeDue)
            Woken?.Invoke();
    }

    /// <summary>The server that the same request made before; null where this one may be added.</summary>
    private static ServerRecord? FindEarlier(WriteSession session, ServerRecord server, ServerLimits limits)
    {
        if (session.Servers.FindByRequest(server.RequestId, server.Owner) is { } uid && session.FindByUid(uid) is { } earlier)
            return earlier.RequestDigest == server.RequestDigest ? earlier : throw new RequestIdReusedException(server.RequestId, earlier.Name);
        if (session.Find(server.Name) is { } other)
            throw new NameTakenException(server.Name, other.State);
        if (session.Live >= limits.All)
            throw new ServerLimitException(limits.All);
        if (limits.OfOwner > 0 && session.Servers.CountOf(server.Owner) >= limits.OfOwner)
            throw new ServerLimitException(limits.OfOwner, server.Owner);
        return server.Address.Length > 0 && session.Servers.IsAddressTaken(server.Address) ? throw new AddressTakenException(server.Address) : null;
    }

    private static bool IsHeld(ServerRecord? current, ServerRecord claimed, string leaseOwner) =>
        current is not null && current.Version == claimed.Version && current.LeaseOwner == leaseOwner;

    private Task<IReadOnlyList<ServerChange>?> ReadHistoryAsync(long after, long upTo, int limit, CancellationToken cancellationToken) =>
        _reader.ReadAsync(connection => ReadHistory(connection, after, upTo, limit), cancellationToken);

    private IReadOnlyList<ServerChange>? ReadHistory(SqliteConnection connection, long after, long upTo, int limit)
    {
        var purged = new Dictionary<string, ServerRecord>();
        var changes = new List<ServerChange>(limit);
        foreach (var logged in EventTable.ReadChanges(connection, after, upTo, limit))
        {
            // One that memory does not have is purged, and what it was stands with its purge.
            if ((_cache.FindByUid(logged.Uid) ?? purged.GetValueOrDefault(logged.Uid) ?? EventTable.ReadPurged(connection, logged.Uid)) is not { } server)
                return null;
            purged[logged.Uid] = server;
            changes.Add(logged.ApplyTo(server));
        }
        return changes;
    }
}
