namespace ServersGrpc.Engine.Lifecycle;

/// <summary>When to try again: exponential with jitter over the whole span, so that many failures do not come back together.</summary>
internal static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Between <paramref name="first"/> and its double for each failure before, at most 5 minutes.</summary>
    public static TimeSpan AfterFailure(int failures, TimeSpan first, Random random)
    {
        var most = Growing(failures, first, Longest);
        return first + ((most - first) * random.NextDouble());
    }

    /// <summary>Doubles with each try, up to <paramref name="longest"/>: for polls that expect to fail for a while.</summary>
    public static TimeSpan Growing(int tries, TimeSpan first, TimeSpan longest)
    {
        var grown = first * Math.Pow(2, Math.Min(tries, 30));
        return grown < longest ? grown : longest > first ? longest : first;
    }
}
