using System.Collections.Concurrent;
using System.Threading.Channels;
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

    // Time services nudge a clock by less.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private readonly IServerStore _store;
    private readonly ServerWorker _worker;
    private readonly LifecycleOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<Task, string> _working = new();
    private readonly ConcurrentBag<string> _unfinished = [];
    private readonly CancellationTokenSource _claiming = new();
    private readonly CancellationTokenSource _steps = new();
    private Task _loop = Task.CompletedTask;
    private DateTimeOffset _latest;

    public LifecycleLoop(IServerStore store, ServerWorker worker, LifecycleOptions options, TimeProvider time, ILogger<LifecycleLoop> logger)
    {
        (_store, _worker, _options, _time, _logger) = (store, worker, options, time, logger);
        _slots = new(options.Concurrency);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins only now that everything else has started: a service that can't listen must not have made machines.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _store.Woken += Wake;
        _loop = Task.Run(() => RunAsync(_claiming.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>No new work from here on, though calls may still be answered for a while.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _store.Woken -= Wake;
        await _claiming.CancelAsync();
    }

    /// <summary>What is under way gets its grace; what is then still under way is given back for the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StoppingAsync(cancellationToken);
        var ended = EndAsync();
        await Task.WhenAny(ended, Task.Delay(_options.StopGrace, _time, cancellationToken));
        await _steps.CancelAsync();
        await ended;
        if (_unfinished.IsEmpty)
            return;
        LifecycleLog.GivingBack(_logger, _unfinished.Count);
        try
        {
            await _store.ReleaseAsync(_unfinished, _owner, CancellationToken.None).WaitAsync(cancellationToken);
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
        _slots.Dispose();
    }

    private async Task EndAsync()
    {
        // A last claim may still be on its way, and starts work.
        await _loop;
        await Task.WhenAll(_working.Keys);
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            _latest = await LatestUpdateAsync(cancellationToken);
            while (true)
            {
                await _slots.WaitAsync(cancellationToken);
                _slots.Release();
                // What wakes the loop from here on is not in the claim.
                _wake.Reader.TryRead(out _);
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
        var free = _slots.CurrentCount;
        try
        {
            if (now < _latest - ClockTolerance)
                await _store.WakeAllAsync(CancellationToken.None);
            _latest = now;
            // Never cancelled: a claim that was made is one to work on.
            var claim = await _store.ClaimAsync(new(_owner, now, now + _options.LeaseDuration), free, !_store.IsPaused, CancellationToken.None);
            foreach (var server in claim.Servers)
                Start(server);
            return claim.Servers.Count == free ? now : claim.NextWake;
        }
        catch (StoreUnavailableException e)
        {
            LifecycleLog.StoreUnavailable(_logger, e.Message);
        }
        catch (Exception e)
        {
            LifecycleLog.LoopFaulted(_logger, e);
        }
        return now + PauseAfterFault;
    }

    // The clock may have been set back while the service was down, too.
    private async Task<DateTimeOffset> LatestUpdateAsync(CancellationToken cancellationToken)
    {
        var servers = await _store.ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken);
        return servers.Select(server => server.Updated).DefaultIfEmpty(DateTimeOffset.MinValue + ClockTolerance).Max();
    }

    private async Task SleepAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var pause = until - _time.GetUtcNow() is { } due && due < LongestSleep ? due : LongestSleep;
        if (pause <= TimeSpan.Zero)
            return;
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var slept = Task.Delay(pause, _time, awake.Token);
        // The clock may have been set on since it was read, and the delay counts from its beginning.
        if (until > _time.GetUtcNow() || until is null)
            await Task.WhenAny(slept, _wake.Reader.WaitToReadAsync(awake.Token).AsTask());
        await awake.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Start(ServerRecord server)
    {
        // The claim asked for no more than was free, and only this loop takes slots.
        _slots.Wait(CancellationToken.None);
        // Work whose lease is over may not be: it is about to end, or the machine slept through its lease. Two never work on one server.
        var earlier = _working.FirstOrDefault(work => work.Value == server.Uid).Key ?? Task.CompletedTask;
        var work = new Task<Task>(() => WorkAsync(server, earlier));
        var done = work.Unwrap();
        _working[done] = server.Uid;
        done.ContinueWith(task => _working.TryRemove(task, out _), TaskScheduler.Default);
        work.Start(TaskScheduler.Default);
    }

    private async Task WorkAsync(ServerRecord server, Task earlier)
    {
        try
        {
            await earlier;
            await _worker.RunAsync(server, _steps.Token);
        }
        // Whatever a step throws as it is cut off.
        catch (Exception) when (_steps.IsCancellationRequested)
        {
            _unfinished.Add(server.Uid);
        }
        catch (Exception e)
        {
            LifecycleLog.LoopFaulted(_logger, e);
        }
        finally
        {
            _slots.Release();
        }
    }
}
