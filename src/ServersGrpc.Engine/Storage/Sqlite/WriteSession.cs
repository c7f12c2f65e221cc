using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// The writing connection with its statements, and what the transaction under way has changed so far. Used by the writer's thread only.
/// Changes reach the cache and the watches when they are committed, in order.
/// </summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly ServerCache _cache;
    private readonly TimeProvider _time;
    private readonly SecretCipher _cipher;
    private readonly EventTable _events;
    private readonly SettingTable _table;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;

    private readonly List<WrittenServer> _changed = [];
    private readonly List<ServerChange> _changes = [];
    private StoreSettings _committed;
    private bool _wokeAll;

    public WriteSession(SqliteDatabase database, KeyRing keys, ServerCache cache, TimeProvider time)
    {
        _cache = cache;
        _time = time;
        _connection = database.Connect();
        _events = new(_connection);
        _cipher = new(keys);
        Servers = new(_connection, _cipher);
        Credentials = new(_connection, _cipher);
        _table = new(_connection);
        _begin = new(_connection, "BEGIN IMMEDIATE");
        _commit = new(_connection, "COMMIT");
        _savepoint = new(_connection, "SAVEPOINT write");
        _release = new(_connection, "RELEASE write");
        _rollbackTo = new(_connection, "ROLLBACK TO write");
        Settings = _committed = _table.Read();
        Live = Servers.CountLive();
    }

    public ServerTable Servers { get; }

    public SqliteConnection Connection => _connection;

    public CredentialTable Credentials { get; }

    /// <summary>The settings as this transaction sees them; set, they are written with it.</summary>
    public StoreSettings Settings { get; set; }

    /// <summary>Identifies this installation; null before its first start.</summary>
    public string? InstallationId
    {
        get => _table.InstallationId;
        set => _table.InstallationId = value;
    }

    /// <summary>The time, in the precision that is kept.</summary>
    public DateTimeOffset Now => _time.GetUtcNow().ToMilliseconds().ToTime();

    /// <summary>The providers of all servers, in a steady order; of servers that are gone, too.</summary>
    public IEnumerable<string> Providers => _cache.Providers;

    /// <summary>How many servers are not stopped, as this transaction sees it.</summary>
    public int Live { get; private set; }

    /// <summary>The server as this transaction sees it.</summary>
    public ServerRecord? Find(string name)
    {
        for (var i = _changed.Count - 1; i >= 0; i--)
        {
            if (_changed[i].Server.Name == name)
                return _changed[i].Removed ? null : _changed[i].Server;
        }
        return _cache.TryGet(name, out var server) ? server : null;
    }

    /// <summary>All servers as this transaction sees them.</summary>
    public List<ServerRecord> All()
    {
        var servers = _cache.All.ToDictionary(server => server.Uid);
        foreach (var (server, removed) in _changed)
        {
            if (removed)
                servers.Remove(server.Uid);
            else
                servers[server.Uid] = server;
        }
        return [.. servers.Values];
    }

    /// <summary>The server as this transaction sees it.</summary>
    public ServerRecord? FindByUid(string uid)
    {
        for (var i = _changed.Count - 1; i >= 0; i--)
        {
            if (_changed[i].Server.Uid == uid)
                return _changed[i].Removed ? null : _changed[i].Server;
        }
        return _cache.FindByUid(uid);
    }

    public ServerRecord Add(ServerRecord server, EventDraft first)
    {
        server = server with { Version = 1, Revision = Settings.Revision + 1, Updated = Now, Entered = Now };
        Servers.Insert(server);
        Live += CountLive(server);
        Record(server, ChangeType.Added, first);
        return server;
    }

    /// <summary>Writes a changed server over <paramref name="before"/>. A leased server is due when its lease ends, whatever the change says.</summary>
    public ServerRecord Update(ServerRecord before, ServerRecord after, params IReadOnlyList<EventDraft> events)
    {
        var wakeAt = after.LeaseOwner is null ? after.WakeAt : after.LeaseUntil;
        after = after with
        {
            Version = before.Version + 1,
            Revision = before.Revision,
            WakeAt = wakeAt,
            Scheduled = wakeAt == before.WakeAt ? before.Scheduled : after.Scheduled,
            Entered = after.State == before.State ? before.Entered : Now,
            Opened = after.CreateIsOpen ? before.Opened ?? Now : null,
        };
        if (events.Count > 0)
            after = after with { Revision = Settings.Revision + events.Count, Updated = Now };
        if (!Servers.Update(after, before))
            throw Diverged(before);
        Live += CountLive(after) - CountLive(before);
        Record(after, ChangeType.Modified, [.. events]);
        return after;
    }

    public void Remove(ServerRecord server, EventDraft last)
    {
        var gone = server.WithoutSecrets() with { Revision = Settings.Revision + 1, Updated = Now };
        if (!Servers.Delete(server))
            throw Diverged(server);
        Live -= CountLive(server);
        Record(gone, ChangeType.Deleted, last);
    }

    /// <summary>Makes all servers that nobody works on due, and lets no lease last longer than a given time.</summary>
    public void WakeAll(DateTimeOffset longestLease)
    {
        foreach (var server in All())
        {
            if (server is { WakeAt: not null, LeaseOwner: null })
                Update(server, server with { WakeAt = Now, Scheduled = Now });
            else if (server.LeaseUntil > longestLease)
                Update(server, server with { LeaseUntil = longestLease, Scheduled = Now });
        }
        _wokeAll = true;
    }

    /// <summary>Adds an event that leaves its server, and what watches hear, as they are.</summary>
    public void Note(ServerNote note)
    {
        var server = FindByUid(note.Server.Uid) ?? note.Server;
        Settings = Settings with { Revision = Settings.Revision + 1 };
        _events.Insert(NewEvent(server, Now, note.Event));
    }

    /// <summary>Forgets the events of purged servers from before a time.</summary>
    public void ForgetBefore(DateTimeOffset time) =>
        Settings = Settings with { Forgotten = Math.Max(Settings.Forgotten, _events.ForgetBefore(time)) };

    /// <summary>Encrypts under other keys from now on.</summary>
    public void UseKeys(KeyRing keys)
    {
        _cipher.Use(keys);
        _table.KeyCheck = KeyCheck.Write(_cipher);
    }

    /// <summary>Whether a transaction has begun and did not end well.</summary>
    public bool IsWriting { get; private set; }

    public void Begin()
    {
        _begin.Execute();
        IsWriting = true;
    }

    /// <summary>Runs one write so that its failure takes back its own changes and no other's.</summary>
    public T RunOne<T>(Func<WriteSession, T> write)
    {
        var (changed, changes, settings, live) = (_changed.Count, _changes.Count, Settings, Live);
        _savepoint.Execute();
        try
        {
            var result = write(this);
            _release.Execute();
            return result;
        }
        catch (Exception e) when (!SqliteFaults.IsOfTheDatabase(e))
        {
            _rollbackTo.Execute();
            _release.Execute();
            _changed.RemoveRange(changed, _changed.Count - changed);
            _changes.RemoveRange(changes, _changes.Count - changes);
            (Settings, Live) = (settings, live);
            throw;
        }
    }

    /// <summary>Makes everything durable. What it returns has still to be made visible.</summary>
    public CommittedWrites Commit()
    {
        _table.Write(_committed, Settings);
        _commit.Execute();
        IsWriting = false;
        _committed = Settings;
        var committed = new CommittedWrites([.. _changed], [.. _changes], Settings, _wokeAll);
        _wokeAll = false;
        _changed.Clear();
        _changes.Clear();
        return committed;
    }

    public void Dispose()
    {
        foreach (var part in (ReadOnlySpan<IDisposable>)[Servers, Credentials, _table, _events, _begin, _commit, _savepoint, _release, _rollbackTo])
            part.Dispose();
        _cipher.Dispose();
        _connection.Dispose();
    }

    // Something else wrote to the file. Not a reason to go on refusing: the next session reads what is there.
    private static StoreUnavailableException Diverged(ServerRecord server) =>
        new($"The database holds another version of server \"{server.Name}\" than was last written here.");

    private ServerEvent NewEvent(ServerRecord server, DateTimeOffset time, EventDraft draft) => new(
        Settings.Revision, server.Uid, server.Name, time, server.State, draft.Reason, draft.Message, draft.Actor, draft.Address, draft.RequestId);

    private static int CountLive(ServerRecord server) => server.Stopped is null ? 1 : 0;

    private void Record(ServerRecord server, ChangeType type, params ReadOnlySpan<EventDraft> events)
    {
        _changed.Add(new(server, Removed: type == ChangeType.Deleted));
        for (var i = 0; i < events.Length; i++)
        {
            Settings = Settings with { Revision = Settings.Revision + 1 };
            var @event = NewEvent(server, server.Updated, events[i]);
            if (i < events.Length - 1)
                _events.Insert(@event);
            else
                _events.Insert(@event, type, LoggedServer.Write(server, purged: type == ChangeType.Deleted));
        }
        if (events.Length > 0)
            _changes.Add(new(type, Settings.Revision, server));
    }
}
