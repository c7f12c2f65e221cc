using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Decides which instances of one provider are orphans, from one search to the next. It knows only what was listed, and remembers only what the
/// last search saw.
/// </summary>
internal sealed class Orphanage(LifecycleOptions options)
{
    private const int LeastLimit = 3;
    private const int OneIn = 10;

    private Dictionary<string, DateTimeOffset> _suspects = [];

    /// <summary>Judges a complete listing.</summary>
    /// <param name="instances">All that bears our installation's id. Listed before the servers were, so that these are never the older.</param>
    /// <param name="servers">All servers of the provider, by uid.</param>
    /// <param name="now">The time.</param>
    public Verdict Judge(IReadOnlyList<Instance> instances, IReadOnlyDictionary<string, ServerRecord> servers, DateTimeOffset now)
    {
        // A machine may lose the tag that tells whose it is; the row that names it does not.
        var named = servers.Values.Where(server => server.State != ServerState.Stopped).Select(server => server.InstanceId).ToHashSet();
        var suspects = new Dictionary<string, DateTimeOffset>();
        var orphans = new List<Orphan>();
        foreach (var instance in instances.DistinctBy(instance => instance.Id))
        {
            if (named.Contains(instance.Id) || WhyNobodys(instance, servers.GetValueOrDefault(instance.Uid)) is not { } reason)
                continue;
            // A time that lies ahead was seen by a clock that has been set back since.
            var since = _suspects.TryGetValue(instance.Id, out var seen) && seen < now ? seen : now;
            suspects[instance.Id] = since;
            if (now - since >= options.OrphanConfirmation && IsOld(instance, since, now))
                orphans.Add(new(instance, reason));
        }
        _suspects = suspects;
        var limit = Math.Max(LeastLimit, instances.Count / OneIn);
        return new(orphans, limit);
    }

    private static string? WhyNobodys(Instance instance, ServerRecord? server) => server switch
    {
        null => "No server has it.",
        { State: ServerState.Stopped } => "Its server is stopped.",
        // What a provider refused to make was made all the same.
        { State: ServerState.Error, MayHaveInstance: false } => "Its server has no instance.",
        { InstanceId.Length: > 0 } when server.InstanceId != instance.Id => $"Its server has another one, {server.InstanceId}.",
        _ => null,
    };

    // Its provider's clock may be wrong, and so may ours have been.
    private bool IsOld(Instance instance, DateTimeOffset since, DateTimeOffset now) =>
        now - instance.Created >= options.OrphanAge || now - since >= options.OrphanAge;
}
