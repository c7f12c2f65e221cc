using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>How many servers of one provider there are, and how they are.</summary>
public sealed class ProviderCensus
{
    private readonly Dictionary<ServerState, (int Count, DateTimeOffset Oldest)> _states = [];

    /// <summary>Servers whose create was begun and has no known outcome.</summary>
    public int OpenCreates { get; private set; }

    /// <summary>When the oldest of those was begun; null: there is none.</summary>
    public DateTimeOffset? OldestOpenCreate { get; private set; }

    public int Running => Count(ServerState.Running);

    /// <summary>Running servers that failed their last probe.</summary>
    public int Failing { get; private set; }

    /// <summary>Running servers whose certificates end soon.</summary>
    public int Expiring { get; private set; }

    /// <summary>When the first certificate of a running server ends; null: no running server has one.</summary>
    public DateTimeOffset? SoonestEnd { get; private set; }

    public int Count(ServerState state) => _states.GetValueOrDefault(state).Count;

    /// <summary>Since when the server that is longest in a state is in it; null: none is.</summary>
    public DateTimeOffset? Oldest(ServerState state) => _states.TryGetValue(state, out var found) ? found.Oldest : null;

    /// <summary>Counts one more server.</summary>
    /// <param name="server">A server of this provider.</param>
    /// <param name="expiring">Its certificate is about to end if it ends before this time.</param>
    public void Add(ServerRecord server, DateTimeOffset expiring)
    {
        var (count, oldest) = _states.GetValueOrDefault(server.State, (0, server.Entered));
        _states[server.State] = (count + 1, Earlier(oldest, server.Entered));
        if (server.CreateIsOpen)
        {
            OpenCreates++;
            OldestOpenCreate = Earlier(OldestOpenCreate, server.Opened);
        }
        if (server.State != ServerState.Running)
            return;
        Failing += server.Probes > 0 ? 1 : 0;
        Expiring += server.Credentials.Expires <= expiring ? 1 : 0;
        SoonestEnd = Earlier(SoonestEnd, server.Credentials.Expires);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
