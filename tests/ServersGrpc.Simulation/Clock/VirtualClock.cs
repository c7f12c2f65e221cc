namespace ServersGrpc.Simulation.Clock;

/// <summary>
/// The time of a simulated world. It stands still while anything is to be done, and then leaps to the next alarm. All of it is in whole
/// milliseconds, as the store and timers count: a wait that is rounded down would otherwise be no wait, and time would never pass.
/// </summary>
internal sealed class VirtualClock
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly PriorityQueue<Alarm, (TimeSpan Due, long Order)> _alarms = new();
    private long _order;
    private TimeSpan _lastJump;

    /// <summary>How much time has passed; what timers and timestamps go by.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>By how much the time of day is wrong.</summary>
    public TimeSpan Skew { get; private set; }

    /// <summary>The time of day, as the service's machine has it.</summary>
    public DateTimeOffset Now => Start + Elapsed + Skew;

    /// <summary>The time of day everywhere else.</summary>
    public DateTimeOffset TrueNow => Start + Elapsed;

    /// <summary>For how long nobody has set the time of day.</summary>
    public TimeSpan Steady => Elapsed - _lastJump;

    /// <summary>Sets the time of day. No time passes.</summary>
    public void Jump(TimeSpan by) => (Skew, _lastJump) = (Skew + by, Elapsed);

    public Alarm Set(TimeSpan delay, Action ring)
    {
        var alarm = new Alarm(ring);
        _alarms.Enqueue(alarm, (Elapsed + WholeMilliseconds(delay), _order++));
        return alarm;
    }

    /// <summary>Leaps to the next alarm and rings it. False, and leaps to <paramref name="until"/>, when there is none before.</summary>
    public bool RingNext(TimeSpan until)
    {
        while (_alarms.TryPeek(out var alarm, out var at) && at.Due <= until)
        {
            _alarms.Dequeue();
            if (alarm.IsOff)
                continue;
            Elapsed = at.Due;
            alarm.Ring();
            return true;
        }
        Elapsed = until;
        return false;
    }

    private static TimeSpan WholeMilliseconds(TimeSpan span) =>
        span <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
}
