using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>The servers of a sweep's world. A sweep reads them, and tells their stories; anything else it has no business to do.</summary>
internal sealed class ListedServers : IServerStore
{
    public Dictionary<string, ServerRecord> Rows { get; } = [];

    public ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ServerRecord>>([.. Rows.Values.Where(query.Fits)]);

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken)
    {
        var row = Rows.Values.FirstOrDefault(server => server.Name == name) ?? throw new ServerNotFoundException(name);
        // A sweep removes machines. What becomes of servers is not its to say.
        if (change(row) is { } save)
            Assert.Equal(row, save.Server);
        return Task.FromResult(row);
    }

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
