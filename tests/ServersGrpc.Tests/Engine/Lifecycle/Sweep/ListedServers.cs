using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>The servers of a sweep's world. A sweep reads them, and tells their stories; anything else it has no business to do.</summary>
internal sealed class ListedServers : IServerStore
{
    public event Action? Woken
    {
        add => throw new NotSupportedException();
        remove => throw new NotSupportedException();
    }

    public Dictionary<string, ServerRecord> Rows { get; } = [];

    public string InstallationId => "ours";

    public bool IsPaused => false;

    public DateTimeOffset LatestSchedule => throw new NotSupportedException();

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

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, bool startNew, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetPausedAsync(bool paused, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task WakeAllAsync(DateTimeOffset longestLease, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
