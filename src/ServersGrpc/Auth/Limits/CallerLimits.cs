using System.Threading.RateLimiting;

namespace ServersGrpc.Auth.Limits;

/// <summary>What one caller uses up of what it may.</summary>
internal sealed class CallerLimits(AuthOptions options)
{
    private readonly TokenBucketRateLimiter? _requests = options.RequestsPerSecond == 0 ? null : new(new()
    {
        AutoReplenishment = false,
        QueueLimit = 0,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1) / options.RequestsPerSecond,
        TokensPerPeriod = 1,
        TokenLimit = options.RequestsPerSecond,
    });

    private int _watches;

    public int MaxWatches => options.MaxWatches;

    /// <summary>Takes one request; null when there is one left, else how long to wait for the next.</summary>
    public TimeSpan? TryTakeRequest()
    {
        if (_requests is null)
            return null;
        _requests.TryReplenish();
        using var lease = _requests.AttemptAcquire();
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    /// <summary>Counts a watch until it is disposed; null when the caller has as many as it may.</summary>
    public IDisposable? TryBeginWatch()
    {
        if (Interlocked.Increment(ref _watches) <= options.MaxWatches)
            return new OpenWatch(this);
        Interlocked.Decrement(ref _watches);
        return null;
    }

    private sealed class OpenWatch(CallerLimits limits) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref limits._watches);
    }
}
