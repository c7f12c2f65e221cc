using System.Runtime.CompilerServices;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Storage;

/// <summary>
/// The real store, from which answers come at virtual times, late, or not at all. The work itself is done while the caller's thread waits: so
/// a run is the same every time. Uids are counted: random ones would make every run another.
/// </summary>
internal sealed class SimulatedStore : IStorageEngine
{
    private readonly World _world;
    private readonly IStorageEngine _inner;
    private readonly StoreTrouble _trouble;
    private readonly UidSource _uids;
    private readonly TimeProvider _time;
    private volatile bool _wokeUp;

    public SimulatedStore(World world, IStorageEngine inner, StoreTrouble trouble, UidSource uids, TimeProvider time)
    {
        (_world, _inner, _trouble, _uids, _time) = (world, inner, trouble, uids, time);
        // On the writer's thread; told on the caller's.
        _inner.Woken += () => _wokeUp = true;
    }

    public event Action? Woken;

    public string InstallationId => _inner.InstallationId;

    public ValueTask<bool> IsPausedAsync(CancellationToken cancellationToken) => _inner.IsPausedAsync(cancellationToken);

    public Task<ServerRecord> AddAsync(ServerRecord server, EventDraft first, ServerLimits limits, CancellationToken cancellationToken)
    {
        var counted = server with { Uid = _uids.Next() };
        return WriteAsync("add", counted.Name, token => _inner.AddAsync(counted, first, limits, token).GetAwaiter().GetResult(), cancellationToken);
    }

    public ValueTask<ServerRecord> TryAddAsync(ServerRecord server, ServerLimits limits, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing is only validated in a simulation.");

    public ValueTask<ServerCensus> CountAsync(DateTimeOffset expiring, CancellationToken cancellationToken) => _inner.CountAsync(expiring, cancellationToken);

    public ValueTask<ServerRecord?> FindAsync(string name, CancellationToken cancellationToken) => _inner.FindAsync(name, cancellationToken);

    public ValueTask<ServerRecord?> FindByUidAsync(string uid, CancellationToken cancellationToken) => _inner.FindByUidAsync(uid, cancellationToken);

    public ValueTask<IReadOnlyList<ServerRecord>> ListAsync(ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken) =>
        _inner.ListAsync(query, after, limit, cancellationToken);

    public Task<IReadOnlyList<ServerEvent>> ListEventsAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(_inner.ListEventsAsync(name, cancellationToken).GetAwaiter().GetResult());

    // Nobody hears of anything: who asked for new credentials goes away without an answer.
    public async IAsyncEnumerable<ServerChange> WatchAsync(
        long since, ServerQuery query, TimeSpan bookmarkInterval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        yield break;
    }

    public Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerSave?> change, CancellationToken cancellationToken) =>
        WriteAsync("change", name, token => _inner.ChangeAsync(name, change, token).GetAwaiter().GetResult(), cancellationToken);

    public Task NoteAsync(IReadOnlyList<ServerNote> notes, CancellationToken cancellationToken) =>
        WriteAsync("note", "", token => Done(_inner.NoteAsync(notes, token)), cancellationToken);

    public Task<Claim> ClaimAsync(Lease lease, int limit, Func<string, int> share, CancellationToken cancellationToken) =>
        WriteAsync("claim", "", token => _inner.ClaimAsync(lease, limit, share, token).GetAwaiter().GetResult(), cancellationToken);

    public Task<ServerRecord?> SaveAsync(ServerSave save, string leaseOwner, CancellationToken cancellationToken) =>
        WriteAsync("save", save.Server.Name, token => _inner.SaveAsync(save, leaseOwner, token).GetAwaiter().GetResult(), cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<string> uids, string leaseOwner, CancellationToken cancellationToken) =>
        WriteAsync("release", "", token => Done(_inner.ReleaseAsync(uids, leaseOwner, token)), cancellationToken);

    public Task<bool> PurgeAsync(ServerRecord server, EventDraft last, string leaseOwner, CancellationToken cancellationToken) =>
        WriteAsync("purge", server.Name, token => _inner.PurgeAsync(server, last, leaseOwner, token).GetAwaiter().GetResult(), cancellationToken);

    public Task ForgetBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        WriteAsync("forget", "", token => Done(_inner.ForgetBeforeAsync(time, token)), cancellationToken);

    // What these two await within would go on at the simulation's scheduler, which waits for them: so they begin elsewhere.
    public Task SetPausedAsync(bool paused, CancellationToken cancellationToken) =>
        WriteAsync("pause", paused.ToString(), token => Done(Task.Run(() => _inner.SetPausedAsync(paused, token), CancellationToken.None)), cancellationToken);

    public Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("A simulation has no tokens.");

    public Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A simulation has no tokens.");

    public Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A simulation has no tokens.");

    public Task<int> RotateKeyAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("Keys are not changed in a simulation.");

    public Task CheckAsync(CancellationToken cancellationToken) =>
        WriteAsync("check", "", token => Done(Task.Run(() => _inner.CheckAsync(token), CancellationToken.None)), cancellationToken);

    private async Task<T> WriteAsync<T>(string what, string about, Func<CancellationToken, T> write, CancellationToken cancellationToken)
    {
        var fate = _trouble.Draw();
        var (before, after) = _trouble.Pauses();
        if (before > TimeSpan.Zero)
            await Task.Delay(before, _time, cancellationToken);
        if (fate is StoreFate.CallerDies)
            await DieAsync();
        if (fate is StoreFate.Fails || _trouble.IsDown)
            throw Failure(what, about, fate);

        _wokeUp = false;
        var result = write(cancellationToken);
        if (fate is StoreFate.CallerDiesDone)
            await DieAsync();
        if (fate is StoreFate.FailsDone)
            throw Failure(what, about, fate);
        if (_wokeUp)
            Woken?.Invoke();
        // The answer of a write that was done comes, whoever has given up.
        if (after > TimeSpan.Zero)
            await Task.Delay(after, _time, CancellationToken.None);
        return result;
    }

    private StoreUnavailableException Failure(string what, string about, StoreFate fate)
    {
        _world.Trace.Add($"store {what} {about}: {fate}");
        return new("The database file can't be read or written.");
    }

    private Task DieAsync()
    {
        _world.DeathIsDue = true;
        return new TaskCompletionSource().Task;
    }

    private static bool Done(Task task)
    {
        task.GetAwaiter().GetResult();
        return true;
    }
}
