using System.Collections.Immutable;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>All that a store holds, as the model has it. Immutable: a write that may or may not be there makes two of them.</summary>
internal sealed record StoreState
{
    public static readonly StoreState Empty = new();

    /// <summary>By uid.</summary>
    public ImmutableSortedDictionary<string, ServerRecord> Servers { get; private init; } =
        ImmutableSortedDictionary.Create<string, ServerRecord>(StringComparer.Ordinal);

    /// <summary>By revision, as the two below.</summary>
    public ImmutableSortedDictionary<long, ServerEvent> Events { get; private init; } = ImmutableSortedDictionary<long, ServerEvent>.Empty;

    public ImmutableSortedDictionary<long, ServerEvent> Notes { get; private init; } = ImmutableSortedDictionary<long, ServerEvent>.Empty;

    /// <summary>What watches are told. A purge is remembered by its change.</summary>
    public ImmutableSortedDictionary<long, ServerChange> Changes { get; private init; } = ImmutableSortedDictionary<long, ServerChange>.Empty;

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, TokenRecord> Tokens { get; private init; } =
        ImmutableSortedDictionary.Create<string, TokenRecord>(StringComparer.Ordinal);

    public long Revision { get; private init; }

    public long Forgotten { get; private init; }

    public bool IsPaused { get; private init; }

    /// <summary>Purged servers whose events are not forgotten.</summary>
    public IEnumerable<ServerRecord> Purged => Changes.Values.Where(change => change.Type == ChangeType.Deleted).Select(change => change.Server!);

    /// <summary>What the rules ask of servers.</summary>
    public ServerBook Book
    {
        get
        {
            var book = new ServerBook();
            foreach (var server in Servers.Values)
                book.Set(null, server);
            return book;
        }
    }

    public ServerRecord? Find(string name) => Servers.Values.FirstOrDefault(server => server.Name == name);

    public (StoreState After, ServerRecord Added) Add(ServerRecord server, EventDraft first, DateTimeOffset now)
    {
        var added = SaveRules.Added(server, Revision + 1, now);
        return ((this with { Servers = Servers.Add(added.Uid, added) }).Tell(ChangeType.Added, added, [first]), added);
    }

    public (StoreState After, ServerRecord Updated) Update(ServerRecord server, IReadOnlyList<EventDraft> events, DateTimeOffset now)
    {
        var updated = SaveRules.Changed(Servers[server.Uid], server, events.Count > 0 ? Revision + events.Count : null, now);
        return ((this with { Servers = Servers.SetItem(updated.Uid, updated) }).Tell(ChangeType.Modified, updated, events), updated);
    }

    public StoreState Purge(ServerRecord server, EventDraft last, DateTimeOffset now) =>
        (this with { Servers = Servers.Remove(server.Uid) }).Tell(ChangeType.Deleted, SaveRules.Purged(server, Revision + 1, now), [last]);

    /// <summary>Gives leases back.</summary>
    public StoreState Release(Func<ServerRecord, bool> which, DateTimeOffset now) => Servers.Values.Where(which)
        .Aggregate(this, (state, server) => state.Update(ClaimRules.Released(server, now), [], now).After);

    public StoreState Note(ServerNote note, DateTimeOffset now)
    {
        var e = EventOf(Servers.GetValueOrDefault(note.Server.Uid) ?? note.Server, now, note.Event);
        return this with { Revision = e.Revision, Notes = Notes.Add(e.Revision, e) };
    }

    public StoreState Put(TokenRecord token) => this with { Tokens = Tokens.SetItem(token.Name, token) };

    public StoreState Pause(bool paused, DateTimeOffset now) => (paused || !IsPaused ? [] : Servers.Values.Select(PauseRules.Resumed).OfType<ServerRecord>())
        .Aggregate(this with { IsPaused = paused }, (state, resumed) => state.Update(resumed, [], now).After);

    /// <summary>Forgets some servers that were purged, with their events.</summary>
    public StoreState Forget(IReadOnlyCollection<string> purged)
    {
        var events = Events.Values.Where(e => purged.Contains(e.Uid)).Select(e => e.Revision).ToList();
        return this with
        {
            Events = Events.RemoveRange(events),
            Changes = Changes.RemoveRange(events),
            Forgotten = events.Append(Forgotten).Max(),
        };
    }

    public StoreState ForgetNotes(DateTimeOffset before) => this with { Notes = Notes.RemoveRange(Notes.Values.Where(e => e.Time < before).Select(e => e.Revision)) };

    private StoreState Tell(ChangeType type, ServerRecord server, IReadOnlyList<EventDraft> drafts)
    {
        var told = this;
        foreach (var draft in drafts)
        {
            var e = told.EventOf(server, server.Updated, draft);
            told = told with { Revision = e.Revision, Events = told.Events.Add(e.Revision, e) };
        }
        return drafts.Count > 0 ? told with { Changes = told.Changes.Add(told.Revision, new(type, told.Revision, server)) } : told;
    }

    private ServerEvent EventOf(ServerRecord server, DateTimeOffset at, EventDraft draft) => new(
        Revision + 1, server.Uid, server.Name, at, server.State, draft.Reason, draft.Message, draft.Actor, draft.Address, draft.RequestId);
}
