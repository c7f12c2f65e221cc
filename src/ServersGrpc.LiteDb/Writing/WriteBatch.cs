using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.Engine.Storage.Rules;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>
/// Writes that share one transaction. Each changes memory and says what is to be written; what the database does comes after all of them, so that
/// one that is refused leaves nothing of itself.
/// </summary>
internal sealed class WriteBatch(LiteSession session, TimeProvider time)
{
    private readonly List<(ServerRecord? Before, ServerRecord? After)> _servers = [];
    private readonly List<ServerChange> _changes = [];

    public ServerBook Book => session.Book;

    /// <summary>The settings as this transaction sees them; set, they are written with it.</summary>
    public StoreSettings Settings { get; set; } = session.Settings;

    /// <summary>What is written beside servers and their events.</summary>
    public DocumentWrites Documents { get; } = new();

    /// <summary>The time, in the precision that is kept.</summary>
    public DateTimeOffset Now => time.GetUtcNow().ToMilliseconds().ToTime();

    public ServerRecord Add(ServerRecord server, EventDraft first)
    {
        server = SaveRules.Added(server, Settings.Revision + 1, Now);
        Set(null, server);
        Tell(server, ChangeType.Added, first);
        return server;
    }

    /// <summary>Writes a changed server over the one before it.</summary>
    public ServerRecord Update(ServerRecord before, ServerRecord after, params IReadOnlyList<EventDraft> events)
    {
        after = SaveRules.Changed(before, after, events.Count > 0 ? Settings.Revision + events.Count : null, Now);
        Set(before, after);
        Tell(after, ChangeType.Modified, [.. events]);
        return after;
    }

    public void Remove(ServerRecord server, EventDraft last)
    {
        var gone = SaveRules.Purged(server, Settings.Revision + 1, Now);
        Set(server, null);
        Tell(gone, ChangeType.Deleted, last);
        Documents.Insert(Collections.Purged, PurgedDocument.Write(gone));
    }

    /// <summary>Makes all servers without a lease due: the clock was set back.</summary>
    public void WakeAll(DateTimeOffset now, DateTimeOffset longestLease)
    {
        foreach (var server in Book.All.ToList())
        {
            if (ClockRules.Woken(server, now, longestLease) is { } woken)
                Update(server, woken);
        }
        Book.Reschedule(now);
    }

    /// <summary>Writes what is said of the database itself, under the present key.</summary>
    public void WriteDatabase(string installationId) =>
        Documents.Upsert(Collections.Facts, FactDocument.WriteDatabase(installationId, KeyCheck.Write(session.Cipher)));

    /// <summary>Encrypts the secrets of servers under the present key. Returns how many of them there still are.</summary>
    public int Reseal(IReadOnlyList<string> uids)
    {
        var servers = uids.Select(Book.FindByUid).OfType<ServerRecord>().ToList();
        foreach (var server in servers)
            Documents.Update(Collections.Credentials, CredentialDocument.Write(server, session.Cipher));
        return servers.Count;
    }

    /// <summary>Adds an event that leaves its server, and what watches hear, as they are.</summary>
    public void Note(ServerNote note)
    {
        var server = Book.FindByUid(note.Server.Uid) ?? note.Server;
        Documents.Insert(Collections.Notes, EventDocument.Write(NewEvent(server, Now, note.Event)));
    }

    /// <summary>Runs one write so that its failure takes back its own changes and no other's.</summary>
    public T RunOne<T>(Func<WriteBatch, T> write)
    {
        var (book, documents, servers, changes, settings) = (Book.Mark, Documents.Mark, _servers.Count, _changes.Count, Settings);
        try
        {
            return write(this);
        }
        catch
        {
            Book.Undo(book);
            Documents.CutTo(documents);
            _servers.RemoveRange(servers, _servers.Count - servers);
            _changes.RemoveRange(changes, _changes.Count - changes);
            Settings = settings;
            throw;
        }
    }

    /// <summary>Puts everything on disk. What it returns has still to be made visible.</summary>
    public CommittedWrites Commit()
    {
        foreach (var (before, after) in Net())
            Write(before, after);
        // The last revision is that of the last event, for as long as nothing is deleted: each document costs pages of the log.
        if (Settings != session.Settings with { Revision = Settings.Revision } || Documents.HasDeletions)
            Documents.Upsert(Collections.Facts, FactDocument.WriteState(Settings));
        // What was only read is of writes that are on disk already.
        if (!Documents.IsEmpty)
        {
            session.Engine.BeginTrans();
            Documents.WriteTo(session.Engine);
            session.File.Commit();
        }
        Book.Keep();
        session.Settings = Settings;
        return new([.. Net().Select(net => new WrittenServer((net.After ?? net.Before)!, Removed: net.After is null))], _changes, Settings);
    }

    /// <summary>Each server once, as it was before and as it is after all writes.</summary>
    private IEnumerable<(ServerRecord? Before, ServerRecord? After)> Net()
    {
        var net = new Dictionary<string, (ServerRecord? Before, ServerRecord? After)>(StringComparer.Ordinal);
        foreach (var (before, after) in _servers)
        {
            var uid = (before ?? after)!.Uid;
            net[uid] = (net.TryGetValue(uid, out var earlier) ? earlier.Before : before, after);
        }
        return net.Values.Where(server => server.Before is not null || server.After is not null);
    }

    private void Write(ServerRecord? before, ServerRecord? after)
    {
        if (after is null)
        {
            Documents.Delete(Collections.Servers, before!.Uid);
            Documents.Delete(Collections.Credentials, before.Uid);
            return;
        }
        if (before is null)
        {
            Documents.Insert(Collections.Servers, ServerDocument.Write(after));
            Documents.Insert(Collections.Credentials, CredentialDocument.Write(after, session.Cipher));
            return;
        }
        Documents.Update(Collections.Servers, ServerDocument.Write(after));
        if (!CredentialDocument.IsSame(before, after))
            Documents.Update(Collections.Credentials, CredentialDocument.Write(after, session.Cipher));
    }

    private void Set(ServerRecord? before, ServerRecord? after)
    {
        Book.Set(before, after);
        _servers.Add((before, after));
    }

    private void Tell(ServerRecord server, ChangeType type, params ReadOnlySpan<EventDraft> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            var @event = NewEvent(server, server.Updated, events[i]);
            // Of several events of one change, watches hear of the last.
            Documents.Insert(Collections.Events, i < events.Length - 1
                ? EventDocument.Write(@event)
                : EventDocument.Write(@event, type, LoggedServer.Write(server, purged: type == ChangeType.Deleted)));
        }
        if (events.Length > 0)
            _changes.Add(new(type, Settings.Revision, server));
    }

    private ServerEvent NewEvent(ServerRecord server, DateTimeOffset at, EventDraft draft)
    {
        Settings = Settings with { Revision = Settings.Revision + 1 };
        return new(
            Settings.Revision, server.Uid, server.Name, at, server.State, draft.Reason, draft.Message, draft.Actor, draft.Address, draft.RequestId);
    }
}
