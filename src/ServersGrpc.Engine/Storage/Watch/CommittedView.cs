using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>What callers see: the servers and settings as last committed, and the feed of changes, all of them as of the same instant.</summary>
internal sealed class CommittedView(ServerCache cache)
{
    /// <summary>How many changes a watch may lag behind.</summary>
    public const int Backlog = 4096;

    private readonly Lock _lock = new();
    private volatile StoreSettings _settings = new(0, 0, false);
    private ChangeFeed _feed = new(Backlog, 0);
    private long _lastChange;

    public StoreSettings Settings => _settings;

    /// <summary>
    /// Takes what the database holds for the truth. Of a commit that failed only the database knows whether it happened; watches can't be
    /// told what they missed, so they end, and begin again from their last revision.
    /// </summary>
    public void Load(IEnumerable<ServerRecord> servers, StoreSettings settings)
    {
        lock (_lock)
        {
            cache.Load(servers);
            _settings = settings;
            _feed.Fail("The database was in trouble. Watch again from the last revision seen.");
            _feed = new(Backlog, settings.Revision);
            _lastChange = settings.Revision;
        }
    }

    public void Publish(CommittedWrites committed)
    {
        lock (_lock)
        {
            var purged = new HashSet<string>();
            foreach (var (server, removed) in committed.Servers)
            {
                if (!removed)
                {
                    cache.Put(server);
                    continue;
                }
                cache.Remove(server);
                purged.Add(server.Uid);
            }
            _settings = committed.Settings;
            _feed.Append(committed.Changes);
            // Revisions after it are of events that no watch hears of, so none must wait for them.
            if (committed.Changes.Count > 0)
                _lastChange = committed.Changes[^1].Revision;
            if (purged.Count > 0)
                _feed.Redact(purged);
        }
    }

    /// <summary>Where a watch of what comes after a revision begins; 0: with the servers.</summary>
    public WatchStart Start(long since)
    {
        lock (_lock)
        {
            if (since > 0 && _feed.PlaceAfter(since) is { } place)
                return new([], since, _settings.Revision, _lastChange, _feed, place);
            return new(since == 0 ? [.. cache.All] : [], _settings.Revision, _settings.Revision, _settings.Revision, _feed, _feed.End);
        }
    }
}
