using System.Collections.Concurrent;
using System.Net;

namespace ServersGrpc.Auth.RateLimits;

/// <summary>
/// Makes guessing slow: the more credentials of an address were refused, the later it hears of the next. Good ones are let in at once, even from
/// there: behind a proxy or a router others must not pay for it.
/// </summary>
internal sealed class FailureLimiter(AuthOptions options, TimeProvider time)
{
    // Each holds a request and its connection.
    private const int MostHeldOfAddress = 32;
    private const int MostHeld = 1024;
    private const int MostAddresses = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<IPAddress, Suspect> _suspects = new();
    private int _held;

    /// <summary>
    /// Counts a refused credential and waits for as long as its answer is to be held back. Returns zero, or, when too many answers are held
    /// back already, at once and with the time after which to try again.
    /// </summary>
    public async Task<TimeSpan> DelayAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var suspect = Find(address.Network());
        var delay = Delay(suspect.Count(time.GetUtcNow(), Memory));
        if (delay == TimeSpan.Zero)
            return TimeSpan.Zero;
        try
        {
            if (Interlocked.Increment(ref suspect.Held) > MostHeldOfAddress | Interlocked.Increment(ref _held) > MostHeld)
                return delay;
            await Task.Delay(delay, time, cancellationToken);
            return TimeSpan.Zero;
        }
        finally
        {
            Interlocked.Decrement(ref suspect.Held);
            Interlocked.Decrement(ref _held);
        }
    }

    private TimeSpan Delay(int failures)
    {
        var delay = options.FailureDelay * Math.Max(0, failures - options.FreeFailures);
        return delay < options.MaxFailureDelay ? delay : options.MaxFailureDelay;
    }

    private Suspect Find(IPAddress network)
    {
        if (_suspects.Count >= MostAddresses && !_suspects.ContainsKey(network))
            Forget(time.GetUtcNow());
        return _suspects.GetOrAdd(network, static _ => new());
    }

    // The quiet ones first. Whoever has that many addresses can't be told by them anyway.
    private void Forget(DateTimeOffset now)
    {
        foreach (var (network, suspect) in _suspects)
        {
            if (suspect.IsQuiet(now, Memory))
                _suspects.TryRemove(network, out _);
        }
        if (_suspects.Count >= MostAddresses)
            _suspects.Clear();
    }

    private sealed class Suspect
    {
        private readonly Lock _lock = new();
        private int _failures;
        private DateTimeOffset _last;

        public int Held;

        public int Count(DateTimeOffset now, TimeSpan memory)
        {
            lock (_lock)
            {
                _failures = now - _last > memory ? 1 : _failures + 1;
                _last = now;
                return _failures;
            }
        }

        public bool IsQuiet(DateTimeOffset now, TimeSpan memory)
        {
            lock (_lock)
            {
                return now - _last > memory;
            }
        }
    }
}
