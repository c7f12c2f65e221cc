using LiteDB;
using LiteDB.Engine;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.LiteDb.Reading;

/// <summary>Reads what happened. Of what is not made visible yet nothing is read: everything is bounded by a revision.</summary>
internal sealed class EventReader(LiteEngine engine, string file)
{
    private const int PageSize = 500;

    /// <summary>Events of all servers that had this name, oldest first.</summary>
    public IReadOnlyList<ServerEvent> ReadByName(string name, long upTo) =>
    [
        .. engine.With(file, Collections.Events, EventDocument.Name, name).Concat(engine.With(file, Collections.Notes, EventDocument.Name, name))
            .Select(EventDocument.Read).Where(e => e.Revision <= upTo).OrderBy(e => e.Revision),
    ];

    /// <summary>The first changes after a revision and up to another; null where some of them were forgotten just now.</summary>
    /// <param name="after">The last revision that is known.</param>
    /// <param name="upTo">The last one to read.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="find">Finds a server that is not purged.</param>
    public IReadOnlyList<ServerChange>? ReadChanges(long after, long upTo, int limit, Func<string, ServerRecord?> find)
    {
        var purged = new Dictionary<string, ServerRecord>();
        var changes = new List<ServerChange>(limit);
        while (true)
        {
            var page = engine.After(file, Collections.Events, after, limit);
            foreach (var change in page.Where(document => document[StoredDocument.Id].AsInt64 <= upTo).Select(EventDocument.ReadChange).OfType<LoggedChange>())
            {
                // One that memory does not have is purged, and what it was stands with its purge.
                if ((find(change.Uid) ?? purged.GetValueOrDefault(change.Uid) ?? FindPurged(change.Uid)) is not { } server)
                    return null;
                purged[change.Uid] = server;
                changes.Add(change.ApplyTo(server));
                if (changes.Count == limit)
                    return changes;
            }
            if (page.Count < limit || page[^1][StoredDocument.Id].AsInt64 >= upTo)
                return changes;
            after = page[^1][StoredDocument.Id].AsInt64;
        }
    }

    /// <summary>A purged server without its secrets; null where no such purge is remembered.</summary>
    public ServerRecord? FindPurged(string uid) =>
        engine.With(file, Collections.Purged, PurgedDocument.Uid, uid) is [var purged]
        && engine.Find(file, Collections.Events, purged[StoredDocument.Id]) is { } last && EventDocument.ReadChange(last) is { } change
            ? change.After.ToPurged(uid)
            : null;

    /// <summary>Servers that were purged before a time, with the revisions of their events; at most a page of servers.</summary>
    public IReadOnlyList<(long Purge, IReadOnlyList<long> Events)> ReadForgettable(DateTimeOffset before, long upTo, int limit)
    {
        var found = new List<(long, IReadOnlyList<long>)>();
        for (var after = 0L; found.Count < limit;)
        {
            var page = engine.After(file, Collections.Purged, after, PageSize);
            foreach (var (revision, uid, name, time) in page.Select(PurgedDocument.Read).Where(purge => purge.Time < before && purge.Revision <= upTo))
            {
                var events = engine.With(file, Collections.Events, EventDocument.Name, name).Where(e => e.Text(EventDocument.Uid) == uid);
                found.Add((revision, [.. events.Select(e => e[StoredDocument.Id].AsInt64)]));
                if (found.Count == limit)
                    break;
            }
            if (page.Count < PageSize)
                break;
            after = page[^1][StoredDocument.Id].AsInt64;
        }
        return found;
    }

    /// <summary>The revisions of the oldest notes from before a time.</summary>
    public IReadOnlyList<long> ReadOldNotes(DateTimeOffset before, long upTo, int limit) =>
    [
        .. engine.After(file, Collections.Notes, 0L, limit)
            .Where(note => EventDocument.TimeOf(note) < before).Select(note => note[StoredDocument.Id].AsInt64).Where(revision => revision <= upTo),
    ];

    public IReadOnlyList<TokenRecord> ReadTokens()
    {
        var tokens = new List<TokenRecord>();
        for (BsonValue after = ""; ;)
        {
            var page = engine.After(file, Collections.Tokens, after, PageSize);
            tokens.AddRange(page.Select(TokenDocument.Read));
            if (page.Count < PageSize)
                return tokens;
            after = page[^1][StoredDocument.Id];
        }
    }
}
