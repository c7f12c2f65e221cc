using System.Collections.Concurrent;
using System.Collections.Immutable;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Remembers for a while where a provider was out of stock, for all servers, so that each does not have to find out for itself. Forgotten
/// at a restart: to ask once more does no harm.
/// </summary>
internal sealed class Shortages(LifecycleOptions options)
{
    private readonly ConcurrentDictionary<(string Provider, Placement Placement), DateTimeOffset> _until = new();

    // A memory that is shorter than the calls would have the same places tried over and over, and none of it count as a try.
    private readonly ConcurrentDictionary<string, ImmutableHashSet<Placement>> _tried = new();

    public void Remember(ServerRecord server, DateTimeOffset now)
    {
        var placement = new Placement(server.Region, server.Size);
        _until[(server.Provider, placement)] = now + options.ShortageMemory;
        _tried.AddOrUpdate(server.Uid, [placement], (_, tried) => tried.Add(placement));
    }

    /// <summary>The server's present try is over: in the next, each place may be tried again.</summary>
    public void EndTry(ServerRecord server) => _tried.TryRemove(server.Uid, out _);

    /// <summary>The best place for the server that is not known to be out of stock, and was not found so in its present try; null where all are.</summary>
    public Placement? Available(ServerRecord server, DateTimeOffset now)
    {
        var tried = _tried.GetValueOrDefault(server.Uid, []);
        return server.Placements.FirstOrDefault(placement => Until(server, placement, now) is null && !tried.Contains(placement));
    }

    /// <summary>The best place for the server; where all are out of stock, the one of which that was heard the longest ago.</summary>
    public Placement Best(ServerRecord server, DateTimeOffset now) =>
        Available(server, now)
        ?? server.Placements.MinBy(placement => Until(server, placement, now) ?? now)
        ?? new(server.Region, server.Size);

    private DateTimeOffset? Until(ServerRecord server, Placement placement, DateTimeOffset now) =>
        _until.TryGetValue((server.Provider, placement), out var until) && now < until
            // A clock that was set back must not make the memory longer.
            ? until < now + options.ShortageMemory ? until : now + options.ShortageMemory
            : null;
}
