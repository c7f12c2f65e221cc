using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>A store that is to be broken in one place. As it stands it does what the one below it does.</summary>
internal abstract class StoreMutant(IServerStore inner) : IServerStore
{
    public event Action? Woken
    {
        add => inner.Woken += value;
        remove => inner.Woken -= value;
    }

    public string InstallationId => inner.InstallationId;

    public bool IsPaused => inner.IsPaused;

    public DateTimeOffset LatestSchedule => inner.LatestSchedule;

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
        inner.AddAsync(server, first, limits, cancellationToken);

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

    public virtual ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
        inner.ListAsync(query, after, limit, cancellationToken);

    public ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) => inner.FindByUidAsync(uid, cancellationToken);

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) => inner.NoteAsync(notes, cancellationToken);

    public Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
        inner.ListEventsAsync(name, cancellationToken);

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        inner.WatchAsync(since, query, bookmarkInterval, cancellationToken);

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
        inner.ChangeAsync(name, change, cancellationToken);

    public virtual Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, bool startNew, CancellationToken cancellationToken) =>
        inner.ClaimAsync(lease, limit, share, startNew, cancellationToken);

    public virtual Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        inner.SaveAsync(save, leaseOwner, cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) =>
        inner.ReleaseAsync(uids, leaseOwner, cancellationToken);

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
        inner.PurgeAsync(server, last, leaseOwner, cancellationToken);

    public Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => inner.ForgetBeforeAsync(time, cancellationToken);

    public Task SetPausedAsync(bool paused, CancellationToken cancellationToken) => inner.SetPausedAsync(paused, cancellationToken);

    public virtual Task WakeAllAsync(DateTimeOffset longestLease, CancellationToken cancellationToken) =>
        inner.WakeAllAsync(longestLease, cancellationToken);

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) => inner.RotateKeyAsync(cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);
}
