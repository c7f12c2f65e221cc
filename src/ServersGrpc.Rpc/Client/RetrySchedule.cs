using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace ServersGrpc.Rpc.Client;

/// <summary>Says whether and when a call is made again, as gRFC A6 has it. One for each call.</summary>
internal sealed class RetrySchedule(RetryPolicy policy, int maxAttempts)
{
    // So that callers whom one failure hit at the same moment don't come back at the same moment.
    private const double Jitter = 0.2;

    // Timers reach 49 days, the jitter included.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private TimeSpan _backoff = policy.InitialBackoff!.Value;

    /// <summary>How many attempts have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Takes note of a failure.</summary>
    /// <param name="code">Its status.</param>
    /// <param name="pushback">What the server says: milliseconds to wait, or anything else for no further attempt. Null: nothing.</param>
    /// <returns>How long to wait before the next attempt; null when there is none.</returns>
    public TimeSpan? Fail(StatusCode code, string? pushback)
    {
        Failed++;
        if (Failed >= maxAttempts || !policy.RetryableStatusCodes.Contains(code))
            return null;
        if (pushback is not null)
        {
            _backoff = policy.InitialBackoff!.Value;
            return int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null;
        }

        var longest = policy.MaxBackoff!.Value < LongestWait ? policy.MaxBackoff.Value : LongestWait;
        var wait = _backoff < longest ? _backoff : longest;
        // In ticks: a TimeSpan overflows.
        _backoff = TimeSpan.FromTicks((long)Math.Min(longest.Ticks, wait.Ticks * policy.BackoffMultiplier!.Value));
        return wait * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }
}
