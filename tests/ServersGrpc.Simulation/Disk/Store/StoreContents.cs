using System.Globalization;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>All that a store holds, thing by thing, as its callers see it.</summary>
internal sealed class StoreContents
{
    private const int MostDifferences = 5;

    private readonly SortedDictionary<string, string> _things = new(StringComparer.Ordinal);

    /// <summary>What callers must see of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="names">The names that servers may have had.</param>
    /// <param name="since">From where changes are watched.</param>
    public static StoreContents Of(StoreState state, IEnumerable<string> names, long since)
    {
        var contents = new StoreContents();
        foreach (var server in state.Servers.Values)
            contents.Put("server " + server.Uid, StoreText.Of(server));
        foreach (var name in names)
            contents.PutAll("event of " + name, state.Events.Values.Concat(state.Notes.Values).Where(e => e.Name == name).OrderBy(e => e.Revision), StoreText.Of);
        foreach (var server in state.Purged)
            contents.Put("purged " + server.Uid, StoreText.OfPurged(server));
        contents.PutAll("present", state.Servers.Values.OrderBy(server => server.Revision), server => StoreText.Of(new ServerChange(ChangeType.Added, server.Revision, server)));
        if (since >= state.Forgotten && since <= state.Revision)
            contents.PutAll("change", state.Changes.Values.Where(change => change.Revision > since), StoreText.Of);
        else
            contents.Put("change", new RevisionExpiredException(since, state.Forgotten, state.Revision).Message);
        contents.PutAll("token", state.Tokens.Values, StoreText.Of);
        contents.PutFacts(state.Revision, state.IsPaused);
        return contents;
    }

    /// <summary>Reads a store.</summary>
    /// <param name="store">Open.</param>
    /// <param name="names">The names that servers may have had.</param>
    /// <param name="uids">Of all servers that there may have been.</param>
    /// <param name="since">From where changes are watched.</param>
    public static async Task<StoreContents> ReadAsync(IStorageEngine store, IEnumerable<string> names, IEnumerable<string> uids, long since)
    {
        var contents = new StoreContents();
        foreach (var server in await store.ListAsync(ServerQuery.Everything, null, int.MaxValue, CancellationToken.None))
            contents.Put("server " + server.Uid, StoreText.Of(server));
        foreach (var name in names)
            contents.PutAll("event of " + name, await store.ListEventsAsync(name, CancellationToken.None), StoreText.Of);
        foreach (var uid in uids)
        {
            if (await store.FindByUidAsync(uid, CancellationToken.None) is { } server && !contents._things.ContainsKey("server " + uid))
                contents.Put("purged " + uid, StoreText.OfPurged(server));
        }
        var (present, revision) = await WatchAsync(store, since: 0);
        contents.PutAll("present", present, StoreText.Of);
        try
        {
            contents.PutAll("change", (await WatchAsync(store, since)).Changes, StoreText.Of);
        }
        catch (RevisionExpiredException e)
        {
            contents.Put("change", e.Message);
        }
        contents.PutAll("token", (await store.ListTokensAsync(CancellationToken.None)).OrderBy(token => token.Name, StringComparer.Ordinal), StoreText.Of);
        contents.PutFacts(revision, await store.IsPausedAsync(CancellationToken.None));
        return contents;
    }

    public bool IsSame(StoreContents other) => _things.SequenceEqual(other._things);

    /// <summary>What these contents of a store are, and what they should be.</summary>
    public string DifferenceFrom(StoreContents expected) => string.Join("; ", _things.Keys.Union(expected._things.Keys).Order(StringComparer.Ordinal)
        .Select(thing => (Name: thing, Found: _things.GetValueOrDefault(thing, ""), Expected: expected._things.GetValueOrDefault(thing, "")))
        .Where(thing => thing.Found != thing.Expected).Take(MostDifferences)
        .Select(thing => $"{thing.Name}: {StoreText.Difference(thing.Found, thing.Expected)}"));

    // Up to the bookmark, with which the past ends. Where a watch begins with the servers, it tells the last revision.
    private static async Task<(List<ServerChange> Changes, long Revision)> WatchAsync(IStorageEngine store, long since)
    {
        var changes = new List<ServerChange>();
        await foreach (var change in store.WatchAsync(since, ServerQuery.Everything, TimeSpan.FromDays(1), CancellationToken.None))
        {
            if (change.Type == ChangeType.Bookmark)
                return (changes, change.Revision);
            changes.Add(change);
        }
        throw new InvalidOperationException("A watch ended by itself.");
    }

    private void Put(string thing, string text) => _things.Add(thing, text);

    // Their order counts.
    private void PutAll<T>(string thing, IEnumerable<T> all, Func<T, string> text)
    {
        var number = 0;
        foreach (var one in all)
            Put(string.Create(CultureInfo.InvariantCulture, $"{thing} {++number:d6}"), text(one));
    }

    private void PutFacts(long revision, bool isPaused)
    {
        Put("revision", revision.ToString(CultureInfo.InvariantCulture));
        Put("paused", isPaused.ToString());
    }
}
