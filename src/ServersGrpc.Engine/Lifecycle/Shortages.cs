using System.Collections.Concurrent;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Remembers for a while where a provider was out of stock, for all servers, so that each does not have to find out for itself. Forgotten
/// at a restart: to ask once more does no harm.
/// </summary>
internal sealed class Shortages(LifecycleOptions options)
{
    private readonly ConcurrentDictionary<(string Provider, Placement Placement), DateTimeOffset> _until = new();

    public void Remember(ServerRecord server, DateTimeOffset now) =>
        _until[(server.Provider, new(server.Region, server.Size))] = now + options.ShortageMemory;

    /// <summary>The best place for the server that is not known to be out of stock; null where all are.</summary>
    public Placement? Available(ServerRecord server, DateTimeOffset now) =>
        server.Placements.FirstOrDefault(placement => Until(server, placement, now) is null);

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
