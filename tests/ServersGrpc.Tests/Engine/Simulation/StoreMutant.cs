using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>A store that is to be broken in one place. As it stands it does what the one below it does.</summary>
internal abstract class StoreMutant(IStorageEngine inner) : IStorageEngine
{
    public event Action? Woken
    {
        add => inner.Woken += value;
        remove => inner.Woken -= value;
    }

    public string InstallationId => inner.InstallationId;

    public ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken) => inner.IsPausedAsync(cancellationToken);

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken) =>
        inner.AddAsync(server, first, limits, cancellationToken);

    public ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken) =>
        inner.TryAddAsync(server, limits, cancellationToken);

    public ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken) => inner.CountAsync(expiring, cancellationToken);

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

    public virtual ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
        inner.ListAsync(query, after, limit, cancellationToken);

    public ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) => inner.FindByUidAsync(uid, cancellationToken);

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) => inner.NoteAsync(notes, cancellationToken);

    public virtual Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
        inner.ListEventsAsync(name, cancellationToken);

    public IAsyncEnumerable<ServerChange> WatchAsync(long since, ServerQuery query, TimeSpan bookmarkInterval, CancellationToken cancellationToken) =>
        inner.WatchAsync(since, query, bookmarkInterval, cancellationToken);

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
        inner.ChangeAsync(name, change, cancellationToken);

    public virtual Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
        inner.ClaimAsync(lease, limit, share, cancellationToken);

    public virtual Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        inner.SaveAsync(save, leaseOwner, cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) =>
        inner.ReleaseAsync(uids, leaseOwner, cancellationToken);

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
        inner.PurgeAsync(server, last, leaseOwner, cancellationToken);

    public Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) => inner.ForgetBeforeAsync(time, cancellationToken);

    public Task SetPausedAsync(bool paused, CancellationToken cancellationToken) => inner.SetPausedAsync(paused, cancellationToken);

    public Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken) => inner.ListTokensAsync(cancellationToken);

    public virtual Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) => inner.SaveTokenAsync(token, cancellationToken);

    public Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        inner.SaveTokenUseAsync(uses, cancellationToken);

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) => inner.RotateKeyAsync(cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);
}
