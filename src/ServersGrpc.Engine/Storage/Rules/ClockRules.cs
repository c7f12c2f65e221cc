using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>What to do when the clock was set back: nothing must wait for the old time.</summary>
public static class ClockRules
{
    /// <summary>Whether servers were told when to wake by a clock that was ahead of this one.</summary>
    public static bool IsSetBack(DateTimeOffset latestSchedule, DateTimeOffset now) => now + Lease.ClockTolerance < latestSchedule;

    /// <summary>The server as it is to be; null: it stays as it is. One without a lease becomes due now. A lease ends no later than one given now.</summary>
    public static ServerRecord? Woken(ServerRecord server, DateTimeOffset now, DateTimeOffset longestLease) => server switch
    {
        { WakeAt: not null, LeaseOwner: null } => server with { WakeAt = now, Scheduled = now },
        _ when server.LeaseUntil > longestLease => server with { LeaseUntil = longestLease, Scheduled = now },
        _ => null,
    };
}
