using LiteDB;
using LiteDB.Engine;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Watch;
using ServersGrpc.LiteDb.Documents;

namespace ServersGrpc.LiteDb.Reading;

/// <summary>Reads what happened. Events that are not made visible yet are left out: they are bounded by a revision.</summary>
internal sealed class EventReader(LiteEngine engine, string file)
{
    private const int PageSize = 500;

    /// <summary>Events of all servers that had this name, oldest first.</summary>
    public IReadOnlyList<ServerEvent> ReadByName(string name, long upTo) =>
    [
        .. OfName(name).Concat(engine.With(file, Collections.Notes, "$." + EventDocument.Name, name))
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
        engine.With(file, Collections.Purged, "$." + PurgedDocument.Uid, uid) is [var purged]
        && engine.Find(file, Collections.Events, purged[StoredDocument.Id]) is { } last && EventDocument.ReadChange(last) is { } change
            ? change.After.ToPurged(uid)
            : null;

    /// <summary>What may be forgotten: servers that were purged before a time, by their purges, and events of theirs.</summary>
    /// <param name="before">The time.</param>
    /// <param name="now">The present time. A purge from after it was told by a clock that was set back since. It is passed over.</param>
    /// <param name="upTo">The last revision to look at.</param>
    /// <param name="limit">How many of both at most. A purge comes only with the last events of its server.</param>
    public (IReadOnlyList<long> Purges, IReadOnlyList<long> Events) ReadForgettable(DateTimeOffset before, DateTimeOffset now, long upTo, int limit)
    {
        var (purges, events) = (new List<long>(), new List<long>());
        for (var after = 0L; ;)
        {
            var page = engine.After(file, Collections.Purged, after, PageSize);
            foreach (var (revision, uid, name, time) in page.Select(PurgedDocument.Read))
            {
                if (revision > upTo || (time >= before && time <= now))
                    return (purges, events);
                if (time > now)
                    continue;
                events.AddRange(
                    engine.With(file, Collections.Events, EventDocument.Server, EventDocument.ServerOf(name, uid), limit - purges.Count - events.Count)
                        .Select(e => e[StoredDocument.Id].AsInt64));
                if (purges.Count + events.Count < limit)
                    purges.Add(revision);
                if (purges.Count + events.Count == limit)
                    return (purges, events);
            }
            if (page.Count < PageSize)
                return (purges, events);
            after = page[^1][StoredDocument.Id].AsInt64;
        }
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

    private List<BsonDocument> OfName(string name)
    {
        var (first, last) = EventDocument.ServersOf(name);
        return engine.Between(file, Collections.Events, EventDocument.Server, first, last);
    }
}
