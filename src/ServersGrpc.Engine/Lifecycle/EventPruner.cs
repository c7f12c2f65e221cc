using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Forgets the events of servers that were purged long ago, once an hour.</summary>
internal sealed class EventPruner(IEventStore store, LifecycleOptions options, TimeProvider time, ILogger<EventPruner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await ForgetAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of this work, and no fault, as which a host that fails to start would report it.
        }
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.ForgetBeforeAsync(time.GetUtcNow() - options.EventRetention, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LifecycleLog.StoreUnavailable(logger, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // History that stays an hour longer is no reason to end the service.
            LifecycleLog.LoopFaulted(logger, e);
        }
    }
}
