namespace ServersGrpc.Tests.Engine;

/// <summary>A clock whose time of day can be set without any time passing.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _passed;
    private TimeSpan _skew;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _passed + _skew;

    public override long GetTimestamp() => _passed.Ticks;

    public void Set(TimeSpan by) => _skew += by;

    public void Pass(TimeSpan span) => _passed += span;
}
