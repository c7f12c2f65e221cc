using System.Threading.Channels;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// What callers see: the servers and settings as last committed, and the watches that hear of every change at the same instant. A watch
/// that lags is cut off, never waited for.
/// </summary>
internal sealed class CommittedView(ServerCache cache)
{
    /// <summary>How many changes a watch may lag behind.</summary>
    public const int Backlog = 4096;

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<ServerChange>> _watches = [];
    private volatile StoreSettings _settings = new(0, 0, false);

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
            foreach (var watch in _watches)
                watch.Writer.TryComplete(new StoreUnavailableException("The database was in trouble. Watch again from the last revision seen."));
            _watches.Clear();
        }
    }

    public void Publish(CommittedWrites committed)
    {
        lock (_lock)
        {
            foreach (var (server, removed) in committed.Servers)
            {
                if (removed)
                    cache.Remove(server);
                else
                    cache.Put(server);
            }
            _settings = committed.Settings;
            foreach (var watch in _watches)
            {
                if (!committed.Changes.All(watch.Writer.TryWrite) && watch.Writer.TryComplete(new SlowReaderException(Backlog)))
                    _watches.Remove(watch);
            }
        }
    }

    /// <summary>Begins a watch: all servers as of a revision, and every change after it.</summary>
    public Subscription Subscribe()
    {
        var watch = Channel.CreateBounded<ServerChange>(new BoundedChannelOptions(Backlog) { SingleReader = true });
        lock (_lock)
        {
            _watches.Add(watch);
            return new([.. cache.All], _settings.Revision, watch.Reader, () => Remove(watch));
        }
    }

    private void Remove(Channel<ServerChange> watch)
    {
        lock (_lock)
            _watches.Remove(watch);
    }

    internal sealed record Subscription(
        IReadOnlyList<ServerRecord> Servers, long Revision, ChannelReader<ServerChange> Changes, Action End) : IDisposable
    {
        public void Dispose() => End();
    }
}
