using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Tells machines that died from a network of ours that did: where more than a fifth of all running servers, and at least 3, fail their
/// probes together, it is us, and none of them is to be blamed for it.
/// </summary>
public sealed class LivenessBreaker(IServerStore store, LifecycleOptions options, TimeProvider time, ILogger<LivenessBreaker> logger)
{
    private const int LeastFailing = 3;
    private const int OneIn = 5;

    // Every failing server asks, and the answer takes a count of all servers. It must tell of all probes but the latest.
    private readonly TimeSpan _freshness = options.LivenessInterval < TimeSpan.FromSeconds(10) ? options.LivenessInterval / 10 : TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private long _counted;
    private Task<LivenessCondition>? _reading;
    private long? _suspended;
    private LivenessCondition _condition = LivenessCondition.Well;

    /// <summary>The condition as of at most a second ago, or a tenth of the interval of the probes.</summary>
    public async ValueTask<LivenessCondition> ReadAsync(CancellationToken cancellationToken)
    {
        Task<LivenessCondition> reading;
        lock (_lock)
        {
            if (_reading is null || time.GetElapsedTime(_counted) >= _freshness)
                (_counted, _reading) = (time.GetTimestamp(), CountAsync());
            reading = _reading;
        }
        return await reading.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Whether it was not suspended for so long. What failed while it was says nothing: after that, each server has to fail anew.
    /// </summary>
    public bool HasBeenWellFor(TimeSpan span)
    {
        lock (_lock)
            return _suspended is not { } last || time.GetElapsedTime(last) >= span;
    }

    private async Task<LivenessCondition> CountAsync()
    {
        var census = await store.CountAsync(expiring: default, CancellationToken.None);
        var (running, failing) = (census.Running, census.Failing);
        return Set(new(running, failing, failing >= LeastFailing && failing * OneIn > running));
    }

    private LivenessCondition Set(LivenessCondition condition)
    {
        bool was;
        lock (_lock)
        {
            was = _condition.IsSuspended;
            _condition = condition;
            if (condition.IsSuspended)
                _suspended = time.GetTimestamp();
        }
        if (condition.IsSuspended && !was)
            LifecycleLog.LivenessSuspended(logger, condition.Failing, condition.Running);
        else if (!condition.IsSuspended && was)
            LifecycleLog.LivenessResumed(logger, condition.Failing, condition.Running);
        return condition;
    }
}
