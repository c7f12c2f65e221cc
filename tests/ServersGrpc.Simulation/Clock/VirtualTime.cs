namespace ServersGrpc.Simulation.Clock;

/// <summary>The clock as one process of the service sees it. Its timers end with the process.</summary>
internal sealed class VirtualTime(VirtualClock clock) : TimeProvider
{
    private bool _isDead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => clock.Now;

    public override long GetTimestamp() => clock.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Kill() => _isDead = true;

    private sealed class VirtualTimer(VirtualTime time, Action fire) : ITimer
    {
        private readonly VirtualClock _clock = time.Clock;
        private Alarm? _alarm;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _alarm?.CallOff();
            _alarm = dueTime < TimeSpan.Zero ? null : _clock.Set(dueTime, () => Ring(period));
            return true;
        }

        public void Dispose() => _alarm?.CallOff();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Ring(TimeSpan period)
        {
            if (time._isDead)
                return;
            _alarm = period > TimeSpan.Zero ? _clock.Set(period, () => Ring(period)) : null;
            fire();
        }
    }

    private VirtualClock Clock => clock;
}
