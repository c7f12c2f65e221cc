namespace ServersGrpc.Tests.Engine.Providers.Cloud;

/// <summary>A clock that stands still, on which pauses are over at once; only time-outs never come.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime <= LongestPause ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
}
