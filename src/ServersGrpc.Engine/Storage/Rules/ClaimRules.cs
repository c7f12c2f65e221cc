using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>Which servers are worked on next.</summary>
public static class ClaimRules
{
    private static readonly Comparer<(int Share, string Provider)> LargestShareFirst = Comparer<(int Share, string Provider)>.Create((one, other) =>
        other.Share.CompareTo(one.Share) is not 0 and var order ? order : string.CompareOrdinal(one.Provider, other.Provider));

    /// <summary>
    /// Chooses due servers, and tells when the next one is due. Each place goes to the provider that has the largest part of its share left: one
    /// whose calls hang must not keep the others waiting.
    /// </summary>
    /// <param name="book">The servers.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="share">How many of one provider at most; those of providers that have none are left out, of when the next is due too.</param>
    /// <param name="isPaused">Whether new instances must not be started.</param>
    /// <param name="take">Leases a chosen server.</param>
    /// <returns>Null: none waits, or only for a place.</returns>
    public static DateTimeOffset? Choose(
        ServerBook book, DateTimeOffset now, int limit, Func<string, int> share, bool isPaused, Action<ServerRecord> take)
    {
        var waiting = new PriorityQueue<Queue<ServerRecord>, (int Share, string Provider)>(LargestShareFirst);
        var open = new List<DueServers>();
        foreach (var provider in book.Providers)
        {
            var left = share(provider);
            if (Math.Min(left, limit) <= 0 || !book.TryGetDue(provider, out var due))
                continue;
            open.Add(due);
            if (due.Take(now, Math.Min(left, limit), isPaused) is { Count: > 0 } servers)
                waiting.Enqueue(new(servers), (left, provider));
        }
        for (; limit > 0 && waiting.TryDequeue(out var servers, out var first); limit--)
        {
            take(servers.Dequeue());
            if (servers.Count > 0)
                waiting.Enqueue(servers, (first.Share - 1, first.Provider));
        }
        // What is due and was not taken waits for a place, which work that ends tells by itself.
        return open.Select(due => due.Next(isPaused)).Where(wake => wake > now).Min();
    }

    public static ServerRecord Leased(ServerRecord server, Lease lease) =>
        server with { LeaseOwner = lease.Owner, LeaseUntil = lease.Until, Scheduled = lease.From };

    /// <summary>A server that is given back: it is due.</summary>
    public static ServerRecord Released(ServerRecord server, DateTimeOffset now) =>
        server with { LeaseOwner = null, LeaseUntil = null, WakeAt = now, Scheduled = now };
}
