using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Claims servers that are due and has them worked on, so many at once. Woken by writes and by the time of the next server, never by
/// polling.
/// </summary>
internal sealed class LifecycleLoop : IHostedLifecycleService, IDisposable
{
    // A clock that is set back must not leave the loop asleep for as long.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly ILeaseStore _store;
    private readonly ServerWorker _worker;
    private readonly LifecycleOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskScheduler _scheduler;
    private readonly ILogger _logger;
    private readonly WakeSignal _wake;
    private readonly ConcurrentDictionary<string, Work> _working = new();
    private readonly ConcurrentBag<ServerRecord> _unfinished = [];
    private readonly CancellationTokenSource _claiming = new();
    private readonly CancellationTokenSource _steps = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="store">Holds the servers.</param>
    /// <param name="worker">Works on each.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Runs all of the work.</param>
    /// <param name="logger">Told what happens to the loop itself.</param>
    public LifecycleLoop(
        ILeaseStore store, ServerWorker worker, LifecycleOptions options, TimeProvider time, TaskScheduler scheduler, ILogger<LifecycleLoop> logger)
    {
        (_store, _worker, _options, _time, _scheduler, _logger) = (store, worker, options, time, scheduler, logger);
        _wake = new(scheduler);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins only now that everything else has started: a service that can't listen must not have made machines.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _store.Woken += _wake.Set;
        _loop = Task.Factory.StartNew(
            () => RunAsync(_claiming.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
        return Task.CompletedTask;
    }

    /// <summary>No new work from here on, though calls may still be answered for a while.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _store.Woken -= _wake.Set;
        _claiming.Cancel();
        _wake.Set();
        return Task.CompletedTask;
    }

    /// <summary>What is under way gets its grace; what is then still under way is given back for the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StoppingAsync(cancellationToken);
        var ended = EndAsync();
        await Task.WhenAny(ended, Task.Delay(_options.StopGrace, _time, cancellationToken));
        // Whoever stops the service is not held up by what is cut off; and all of that happens on the scheduler, as everything does.
        await Task.Factory.StartNew(_steps.Cancel, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        await ended;
        if (_unfinished.IsEmpty)
            return;
        LifecycleLog.GivingBack(_logger, _unfinished.Count);
        try
        {
            foreach (var claim in _unfinished.GroupBy(server => server.LeaseOwner!))
                await _store.ReleaseAsync([.. claim.Select(server => server.Uid)], claim.Key, CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // The next start finds the leases of a dead owner, and ends them.
            LifecycleLog.StoreUnavailable(_logger, e.Message);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _claiming.Dispose();
        _steps.Dispose();
    }

    private async Task EndAsync()
    {
        // A last claim may still be on its way, and starts work.
        await _loop;
        await Task.WhenAll(_working.Values.Select(work => work.Done));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // What wakes the loop from here on is not in the claim. Work that ends does, too.
                _wake.Reset();
                await SleepAsync(await ClaimAsync(), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LifecycleLog.Stopping(_logger, _working.Count);
        }
    }

    /// <summary>Starts work on what is due. Returns when to look again; null: when woken.</summary>
    private async Task<DateTimeOffset?> ClaimAsync()
    {
        var now = _time.GetUtcNow();
        var working = _working.Values.CountBy(work => work.Provider).ToDictionary();
        var free = _options.Concurrency - working.Values.Sum();
        if (free <= 0)
            return null;
        try
        {
            // Each claim is another owner: work that comes back after its lease must not give back the one that followed it. Never
            // cancelled: a claim that was made is one to work on.
            var claim = await _store.ClaimAsync(
                new(Guid.NewGuid().ToString("N"), now, now + _options.LeaseDuration), free,
                provider => _options.ShareOfOneProvider - working.GetValueOrDefault(provider), CancellationToken.None);
            foreach (var server in claim.Servers)
                Start(server);
            return claim.NextWake;
        }
        catch (StoreUnavailableException e)
        {
            LifecycleLog.StoreUnavailable(_logger, e.Message);
        }
        catch (Exception e)
        {
            LifecycleLog.LoopFaulted(_logger, e);
        }
        return _time.GetUtcNow() + PauseAfterFault;
    }

    private async Task SleepAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pause = until - _time.GetUtcNow() is { } due && due < LongestSleep ? due : LongestSleep;
        if (pause <= TimeSpan.Zero)
            return;
        // Not linked to the end of the loop, which wakes it: a delay that is cut off goes on at the pool, past the scheduler.
        using var awake = new CancellationTokenSource();
        var slept = Task.Delay(pause, _time, awake.Token);
        // The clock may have been set on since it was read, and the delay counts from its beginning.
        if (!cancellationToken.IsCancellationRequested && !(until <= _time.GetUtcNow()))
            await Task.WhenAny(slept, _wake.Task);
        awake.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Start(ServerRecord server)
    {
        // Work whose lease is over may not be: it is about to end, or the machine slept through its lease. Two never work on one server.
        var earlier = _working.TryGetValue(server.Uid, out var before) ? before.Done : Task.CompletedTask;
        var done = new TaskCompletionSource();
        var work = _working[server.Uid] = new(server.Provider, done.Task);
        Task.Factory.StartNew(
            () => WorkAsync(server, earlier, work, done), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }

    private async Task WorkAsync(ServerRecord server, Task earlier, Work work, TaskCompletionSource done)
    {
        try
        {
            await earlier;
            await _worker.RunAsync(server, _steps.Token);
        }
        // Whatever a step throws as it is cut off.
        catch (Exception) when (_steps.IsCancellationRequested)
        {
            _unfinished.Add(server);
        }
        catch (Exception e)
        {
            LifecycleLog.LoopFaulted(_logger, e);
        }
        finally
        {
            _working.TryRemove(new(server.Uid, work));
            done.SetResult();
            _wake.Set();
        }
    }

    private sealed record Work(string Provider, Task Done);
}
