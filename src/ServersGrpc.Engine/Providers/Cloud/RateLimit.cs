using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>
/// What a cloud said of its rate limit. While the limit is spent, calls are not made at all: they would only prolong it, and some clouds
/// lock out who does not listen. A short while is waited for; a failure would count as a try of what was not tried.
/// </summary>
internal sealed class RateLimit(ICloudDialect dialect, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    // Longer than this others would rather be told.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    // By a clock that nobody sets.
    private long _closedAt;
    private TimeSpan _closedFor;

    /// <summary>Returns when a call may be made.</summary>
    /// <exception cref="ProviderException">The limit is spent for longer than a moment.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        // Whoever came back first may have spent it anew.
        while (Left() is var left && left > TimeSpan.Zero)
        {
            if (left + time.GetElapsedTime(began) > LongestWait)
                throw new ProviderException(ProviderFault.Transient, $"The rate limit of {dialect.Provider} is spent.", Bounded(left));
            await Task.Delay(left, time, cancellationToken);
        }
    }

    /// <summary>Learns from an answer. Returns when to come back, where the answer is that this was too soon.</summary>
    public TimeSpan? Learn(HttpResponseMessage response)
    {
        var now = time.GetUtcNow();
        var refused = response.StatusCode == HttpStatusCode.TooManyRequests;
        var retryAfter = RetryAfter(response.Headers.RetryAfter, now);
        if (!refused && Number(response.Headers, "RateLimit-Remaining") != 0)
            return retryAfter;

        var pause = Bounded(retryAfter ?? UntilReset(response.Headers, now) ?? ShortestPause);
        lock (_lock)
        {
            if (pause > Left())
                (_closedAt, _closedFor) = (time.GetTimestamp(), pause);
        }
        return refused ? pause : retryAfter;
    }

    private TimeSpan Left()
    {
        lock (_lock)
            return _closedFor - time.GetElapsedTime(_closedAt);
    }

    private TimeSpan? UntilReset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (Number(headers, "RateLimit-Reset") is not { } reset || reset > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return null;
        return dialect.PauseWhenSpent(Math.Max(1, Number(headers, "RateLimit-Limit") ?? 1), DateTimeOffset.FromUnixTimeSeconds(reset) - now);
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) => header switch
    {
        { Delta: { } delta } => Bounded(delta),
        { Date: { } date } => Bounded(date - now),
        _ => null,
    };

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan Bounded(TimeSpan pause) => pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
}
