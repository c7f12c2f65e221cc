namespace ServersGrpc.FakeCloud.Calls;

/// <summary>Calls that come back one by one, as many in an hour as the limit says.</summary>
internal sealed class RateLimit
{
    private double _used;
    private DateTimeOffset _at;

    /// <summary>Takes a call, if there is one.</summary>
    public RateLimitState Take(int limit, DateTimeOffset now)
    {
        var perCall = TimeSpan.FromHours(1) / limit;
        if (now > _at)
        {
            _used = Math.Max(0, _used - (now - _at) / perCall);
            _at = now;
        }

        TimeSpan? retryAfter = null;
        if (_used + 1 > limit)
            retryAfter = perCall;
        else
            _used++;
        return new RateLimitState(limit, (int)(limit - _used), now + _used * perCall, retryAfter);
    }
}
