using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.Engine.Storage.Rules;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.LiteDb.Reading;
using ServersGrpc.LiteDb.Writing;

namespace ServersGrpc.LiteDb;

/// <summary>
/// The embedded store: one LiteDB file in the data directory. Writes are on disk before they are acknowledged; reads of servers are answered from
/// memory.
/// </summary>
internal sealed class LiteDbStore : IStorageEngine, IStoreBackup, IDisposable
{
    private const int DeletedAtOnce = 500;

    private readonly TimeProvider _time;
    private readonly ServerCache _cache = new();
    private readonly CommittedView _view;
    private readonly ReadGate _gate = new();
    private readonly SemaphoreSlim _upkeep = new(1);
    private readonly ChangeWatcher _watcher;
    private readonly LiteKeyRotation _keys;
    private readonly StoreWriter _writer;
    private readonly LiteBackup _backup;
    private bool _isDisposed;

    private LiteDbStore(
        IStoreDirectory directory, IKeySource source, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics, ILogger logger)
    {
        _time = time;
        _view = new(_cache);
        _keys = new(source, _upkeep, logger);
        _watcher = new(_view, ReadHistoryAsync, time, metrics);
        var room = new Room(directory, StorageOptions.FileName);
        _writer = new(
            () => OpenSession(directory, options, logger), session => _view.Load(session.Book.All, session.Settings), room.Try, Publish, _gate,
            options, time, metrics, logger);
        _backup = new(_writer, _upkeep, directory, time, logger);
        try
        {
            InstallationId = Start(installationId);
        }
        catch
        {
            Dispose();
            throw;
        }
        metrics.Observe(this, () => _writer.Fault is not null, time);
        StoreLog.Opened(logger, directory.PathOf(StorageOptions.FileName), _cache.All.Count(), _view.Settings.Revision);
    }

    public event Action? Woken;

    /// <summary>"" until the start is over.</summary>
    public string InstallationId { get; } = "";

    /// <summary>Opens the store of a data directory, or makes one.</summary>
    /// <param name="directory">Held by this process.</param>
    /// <param name="installationId">The id to take at first start, "" to make one; later it must be the same, or "".</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Told how the store does.</param>
    /// <param name="logger">Told when writes begin to fail and when they recover.</param>
    /// <exception cref="StoreOpenException">The database can't be used.</exception>
    public static LiteDbStore Open(
        DataDirectory directory, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics, ILogger logger) =>
        Open(
            new DiskDirectory(directory.Path), KeySources.Of(options.Encryption, directory, logger), installationId, options, time, metrics, logger);

    internal static LiteDbStore Open(
        IStoreDirectory directory, IKeySource source, string installationId, StorageOptions options, TimeProvider time, StoreMetrics metrics, ILogger logger)
    {
        if (directory.Exists(Earlier.FileName))
            throw Earlier.Refused(directory.PathOf(Earlier.FileName));
        try
        {
            return new(directory, source, installationId, options, time, metrics, logger);
        }
        catch (EncryptionException e)
        {
            throw new StoreOpenException(e.Message, e);
        }
        catch (Exception e) when (e is not StoreOpenException && LiteFaults.AsUnavailable(e) is { } unavailable)
        {
            throw new StoreOpenException($"The database {directory.PathOf(StorageOptions.FileName)} can't be opened: {unavailable.Message} {e.Message}", e);
        }
    }

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch => AddRules.FindEarlier(batch.Book, server, limits) ?? batch.Add(server, first), cancellationToken);

    public async ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken) =>
        await _writer.RunAsync(batch => AddRules.FindEarlier(batch.Book, server, limits) ?? server, cancellationToken);

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_cache.TryGet(name, out var server) ? server : null);

    public async ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) =>
        _cache.FindByUid(uid) ?? await ReadAsync(events => events.FindPurged(uid), cancellationToken);

    public ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken)
    {
        var servers = _cache.All.Where(query.Fits);
        if (after is not null)
            servers = servers.Where(server => after.IsBefore(server));
        return ValueTask.FromResult<IReadOnlyList<ServerRecord>>(
            [.. servers.OrderBy(server => server.Created).ThenBy(server => server.Name, StringComparer.Ordinal).Take(limit)]);
    }

    public ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ServerCensus.Of(_cache.All, expiring));

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        _watcher.WatchAsync(since, query, bookmarkInterval, cancellationToken);

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            var server = batch.Book.Find(name) ?? throw new ServerNotFoundException(name);
            return change(server) is { } save ? batch.Update(server, save.Server, save.Events) : server;
        }, cancellationToken);

    public Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            if (ClockRules.IsSetBack(batch.Book.LatestSchedule, lease.From))
                batch.WakeAll(lease.From, lease.Until);
            var claimed = new List<ServerRecord>();
            var next = ClaimRules.Choose(
                batch.Book, lease.From, limit, share, batch.Settings.Paused, server => claimed.Add(batch.Update(server, ClaimRules.Leased(server, lease))));
            return new Claim(claimed, next);
        }, cancellationToken);

    public Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            var server = batch.Book.FindByUid(save.Server.Uid);
            return SaveRules.IsHeld(server, save.Server, leaseOwner) ? batch.Update(server!, save.Server, save.Events) : null;
        }, cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            foreach (var server in uids.Select(batch.Book.FindByUid).OfType<ServerRecord>().Where(server => server.LeaseOwner == leaseOwner))
                batch.Update(server, ClaimRules.Released(server, batch.Now));
            return true;
        }, cancellationToken);

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            if (!SaveRules.IsHeld(batch.Book.FindByUid(server.Uid), server, leaseOwner))
                return false;
            batch.Remove(server, last);
            return true;
        }, cancellationToken);

    public Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken)
    {
        var upTo = _view.Settings.Revision;
        return ReadAsync(events => events.ReadByName(name, upTo), cancellationToken);
    }

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            foreach (var note in notes)
                batch.Note(note);
            return true;
        }, cancellationToken);

    public async Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        var upTo = _view.Settings.Revision;
        // In parts: others wait no longer for each than for a few writes.
        while (await ReadAsync(reader => reader.ReadForgettable(time, _time.GetUtcNow(), upTo, DeletedAtOnce), cancellationToken) is var (purges, events)
            && purges.Count + events.Count > 0)
        {
            await _writer.RunAsync(batch =>
            {
                foreach (var revision in events)
                    batch.Documents.Delete(Collections.Events, revision);
                foreach (var revision in purges)
                    batch.Documents.Delete(Collections.Purged, revision);
                batch.Settings = batch.Settings with { Forgotten = Math.Max(batch.Settings.Forgotten, events.DefaultIfEmpty().Max()) };
                return true;
            }, cancellationToken);
        }
        while (await ReadAsync(events => events.ReadOldNotes(time, upTo, DeletedAtOnce), cancellationToken) is { Count: > 0 } notes)
        {
            await _writer.RunAsync(batch =>
            {
                foreach (var revision in notes)
                    batch.Documents.Delete(Collections.Notes, revision);
                return true;
            }, cancellationToken);
        }
    }

    public ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_view.Settings.Paused);

    public async Task SetPausedAsync(bool paused, CancellationToken cancellationToken)
    {
        await _writer.RunAsync(batch =>
        {
            var wasPaused = batch.Settings.Paused;
            batch.Settings = batch.Settings with { Paused = paused };
            foreach (var server in wasPaused && !paused ? batch.Book.All.ToList() : [])
            {
                if (PauseRules.Resumed(server) is { } resumed)
                    batch.Update(server, resumed);
            }
            return true;
        }, cancellationToken);
        Woken?.Invoke();
    }

    public Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken) => ReadAsync(events => events.ReadTokens(), cancellationToken);

    public Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
        _writer.RunAsync(batch =>
        {
            batch.Documents.Upsert(Collections.Tokens, TokenDocument.Write(token));
            return true;
        }, cancellationToken);

    public async Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        await _writer.RunAloneAsync(session =>
        {
            var batch = new WriteBatch(session, _time);
            foreach (var token in new EventReader(session.Engine, session.File.Path).ReadTokens().Where(token => uses.ContainsKey(token.Name)))
                batch.Documents.Upsert(Collections.Tokens, TokenDocument.Write(token with { Used = uses[token.Name] }));
            return batch.Commit();
        }, cancellationToken);

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) => _keys.RunAsync(_writer, InstallationId, cancellationToken);

    public Task BackUpAsync(string path, CancellationToken cancellationToken) => _backup.RunAsync(path, cancellationToken);

    /// <summary>The same, to any directory.</summary>
    internal Task BackUpAsync(IStoreDirectory directory, string name, CancellationToken cancellationToken) =>
        _backup.RunAsync(directory, name, cancellationToken);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_writer.Stall is { } stall)
            throw stall;
        // After a failed write only a write can tell whether the trouble is over.
        if (_writer.Fault is not null)
        {
            await _writer.RunAsync(batch =>
            {
                batch.Documents.Upsert(Collections.Facts, FactDocument.WriteState(batch.Settings));
                return true;
            }, cancellationToken);
        }
        await ReadAsync(events => events.FindPurged(""), cancellationToken);
        if (_writer.Fault is { } fault)
            throw new StoreUnavailableException(fault.Message, fault);
    }

    public void Dispose()
    {
        // It is known by several interfaces, and so ended several times.
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        _writer.Dispose();
    }

    private LiteSession OpenSession(IStoreDirectory directory, StorageOptions options, ILogger logger)
    {
        var session = LiteSession.Open(directory, StorageOptions.FileName, InstallationId, _keys.KeysFor);
        try
        {
            // After a trouble all calls wait.
            if (InstallationId.Length == 0 && session.IsSparse(options.SparseSize))
                session.Compact(_time, logger);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What is done once a start. Returns the installation's id.</summary>
    private string Start(string asked)
    {
        var session = _writer.Session!;
        var known = session.InstallationId.Length > 0 ? session.InstallationId : asked.Length > 0 ? asked : Guid.NewGuid().ToString("N");
        // Under another id this service would not see the instances that it pays for.
        if (asked.Length > 0 && asked != known)
            throw new StoreOpenException($"The database {session.File.Path} is of installation {known}, but Servers:InstallationId is {asked}.");
        _writer.RunAsync(batch =>
        {
            if (session.InstallationId.Length == 0)
                batch.WriteDatabase(known);
            // A lease is worth nothing once its owner is dead, and the lock on the data directory proves that all earlier owners are.
            foreach (var server in batch.Book.All.Where(server => server.LeaseOwner is not null).ToList())
                batch.Update(server, ClaimRules.Released(server, batch.Now));
            return true;
        }, CancellationToken.None).GetAwaiter().GetResult();
        return known;
    }

    private void Publish(CommittedWrites committed)
    {
        _view.Publish(committed);
        if (committed.MayBeDue)
            Woken?.Invoke();
    }

    private Task<IReadOnlyList<ServerChange>?> ReadHistoryAsync(long after, long upTo, int limit, CancellationToken cancellationToken) =>
        ReadAsync(events => events.ReadChanges(after, upTo, limit, _cache.FindByUid), cancellationToken);

    private async Task<T> ReadAsync<T>(Func<EventReader, T> read, CancellationToken cancellationToken)
    {
        // If no write is waiting, none would open it again.
        if (_writer.Session is { IsLost: true })
            await _writer.RunAsync(_ => true, cancellationToken);
        return await _gate.ReadAsync(() => Read(read), cancellationToken);
    }

    private T Read<T>(Func<EventReader, T> read)
    {
        var session = _writer.Session ?? throw new StoreUnavailableException(_writer.Fault?.Message ?? "The database is being opened again.");
        try
        {
            return read(new(session.Engine, session.File.Path));
        }
        // The session may be dropped meanwhile, for whatever failed in it.
        catch (Exception e) when (LiteFaults.AsUnavailable(e) is not null || _writer.Session != session)
        {
            throw LiteFaults.AsUnavailable(e) ?? new StoreUnavailableException("The database was in trouble.", e);
        }
    }
}
