namespace ServersGrpc.Engine.Storage;

/// <summary>The exclusive right to work on servers: who, from when, until when.</summary>
public sealed record Lease(string Owner, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>By how much a clock that was set back is back at least: time services nudge it by less.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);
}
