using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>Which servers are worked on next.</summary>
public static class ClaimRules
{
    /// <summary>Chooses due servers, of no provider more than its share, and tells when the next one is due.</summary>
    /// <param name="book">The servers.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="share">How many of one provider at most; those of providers that have none are left out, of when the next is due too.</param>
    /// <param name="isPaused">Whether new instances must not be started.</param>
    /// <param name="take">Leases a chosen server.</param>
    public static DateTimeOffset? Choose(
        ServerBook book, DateTimeOffset now, int limit, Func<string, int> share, bool isPaused, Action<ServerRecord> take)
    {
        DateTimeOffset? next = null;
        foreach (var provider in book.Providers)
        {
            var most = Math.Min(share(provider), limit);
            if (most <= 0 || !book.TryGetDue(provider, out var due))
                continue;
            foreach (var server in due.Take(now, most, isPaused))
            {
                take(server);
                limit--;
            }
            if (due.Next(isPaused) is { } wake && !(wake > next))
                next = wake;
        }
        return next;
    }

    public static ServerRecord Leased(ServerRecord server, Lease lease) =>
        server with { LeaseOwner = lease.Owner, LeaseUntil = lease.Until, Scheduled = lease.From };

    /// <summary>A server that is given back: it is due.</summary>
    public static ServerRecord Released(ServerRecord server, DateTimeOffset now) =>
        server with { LeaseOwner = null, LeaseUntil = null, WakeAt = now, Scheduled = now };
}
