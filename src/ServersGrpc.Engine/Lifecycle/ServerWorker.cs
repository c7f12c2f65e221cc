using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Works on one leased server, step after step, until it has to wait for something.</summary>
internal sealed class ServerWorker(
    ILeaseStore store, LifecycleSteps steps, StepFailure failures, Deadlines deadlines, LifecycleOptions options, LifecycleMetrics metrics,
    TimeProvider time, ILogger<ServerWorker> logger)
{
    private static readonly TimeSpan FirstStorePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStorePause = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the lease is given back. Throws <see cref="OperationCanceledException"/> with the lease still held.</summary>
    public async Task RunAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        var owner = server.LeaseOwner!;
        try
        {
            for (var leased = server; leased is not null;)
                leased = await StepAsync(leased, owner, cancellationToken);
        }
        catch (LeaseLostException)
        {
            metrics.LeaseLost();
            LifecycleLog.Lost(logger, server.Name);
            await ReleaseAsync(server, owner, cancellationToken);
        }
    }

    private async Task ReleaseAsync(ServerRecord server, string owner, CancellationToken cancellationToken)
    {
        try
        {
            await store.ReleaseAsync([server.Uid], owner, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // The lease ends by itself.
            LifecycleLog.StoreUnavailable(logger, e.Message);
        }
    }

    /// <summary>Runs one step and saves what it left. Returns the server while its lease is kept, null once it is given back.</summary>
    private async Task<ServerRecord?> StepAsync(ServerRecord server, string owner, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.LeaseDuration;
        var step = steps.For(server);
        using var activity = StepActivity.Start(step.GetType().Name, server);
        try
        {
            var now = time.GetUtcNow();
            var context = new StepContext(
                deadlines.Bound(server, now), now, save => SaveAsync(server, save, owner, until, cancellationToken));
            var result = await RunAsync(step, context, activity, cancellationToken);
            if (result.Outcome == StepOutcome.Purge)
            {
                if (!await UntilStoredAsync(
                    () => store.PurgeAsync(result.Server, result.Events[0], owner, cancellationToken), until, cancellationToken))
                {
                    throw new LeaseLostException();
                }
                return null;
            }
            var kept = result.Outcome == StepOutcome.GoOn;
            var ended = time.GetUtcNow();
            var after = result.Server with
            {
                LeaseOwner = kept ? owner : null,
                LeaseUntil = kept ? ended + options.LeaseDuration : null,
                // What the step says of times is worth nothing where the clock was set back meanwhile.
                WakeAt = now > ended + Lease.ClockTolerance && result.Server.WakeAt is not null ? ended : result.Server.WakeAt,
                Scheduled = ended,
                // What follows was asked for by no one.
                Cause = result.Server.IsSettled ? "" : result.Server.Cause,
            };
            var saved = await SaveAsync(context.Server, new(after, result.Events), owner, until, cancellationToken);
            return kept ? saved : null;
        }
        catch (LeaseLostException)
        {
            activity?.End("lease_lost", isError: false);
            throw;
        }
    }

    private async Task<StepResult> RunAsync(
        ILifecycleStep step, StepContext context, Activity? activity, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.StepDeadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var name = step.GetType().Name;
        var began = time.GetTimestamp();
        try
        {
            var result = await step.RunAsync(context, both.Token);
            metrics.Step(name, "ok", time.GetElapsedTime(began));
            activity?.End("ok", isError: false);
            return result;
        }
        catch (Exception e) when (e is not LeaseLostException && !cancellationToken.IsCancellationRequested)
        {
            var server = context.Server;
            var result = failures.Handle(server, time.GetUtcNow(), e);
            metrics.Step(name, Outcome(e), time.GetElapsedTime(began));
            activity?.End(Outcome(e), isError: true);
            if (result.Server.State == server.State)
                metrics.Retry(name);
            if (e is ProviderException or ProviderDisabledException or OperationCanceledException)
                LifecycleLog.StepFailed(logger, server.Name, server.Provider, name, result.Server.Error);
            else
                LifecycleLog.StepFaulted(logger, e, server.Name, server.Provider, name);
            return result;
        }
    }

    private static string Outcome(Exception exception) => exception switch
    {
        ProviderException { Fault: ProviderFault.NotFound } => "not_found",
        ProviderException { Fault: ProviderFault.CapacityUnavailable } => "capacity_unavailable",
        ProviderException { Fault: ProviderFault.Transient } => "transient",
        ProviderException { Fault: ProviderFault.Rejected } => "rejected",
        ProviderDisabledException => "disabled",
        OperationCanceledException => "deadline",
        _ => "unknown",
    };

    private async Task<ServerRecord> SaveAsync(
        ServerRecord before, ServerSave save, string owner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var saved = await UntilStoredAsync(() => store.SaveAsync(save, owner, cancellationToken), until, cancellationToken)
            ?? throw new LeaseLostException();
        foreach (var @event in save.Events)
            LifecycleLog.Moved(logger, saved.Name, saved.Provider, before.State, saved.State, @event.Reason, @event.Message);
        return saved;
    }

    // What a step did at a provider is worth more than a moment's trouble of the database: it is saved as long as the lease lasts.
    private async Task<T> UntilStoredAsync<T>(Func<Task<T>> save, DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                // Cut off with the steps: a database that hangs must not hold up the end of the service.
                return await save().WaitAsync(cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                LifecycleLog.StoreUnavailable(logger, e.Message);
                if (time.GetUtcNow() >= until)
                    throw new LeaseLostException();
            }
            await Task.Delay(Backoff.Growing(tries, FirstStorePause, LongestStorePause), time, cancellationToken);
        }
    }
}
