using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>The servers of one provider that wait for a time, the earliest first.</summary>
public sealed class DueServers
{
    // Thousands of probes that wait for a dead network must not delay what a caller asked for.
    private static readonly TimeSpan ProbesYield = TimeSpan.FromMinutes(5);

    private static readonly Comparer<ServerRecord> ByTime = Comparer<ServerRecord>.Create((one, other) =>
        one.WakeAt!.Value.CompareTo(other.WakeAt!.Value) is not 0 and var order ? order : string.CompareOrdinal(one.Uid, other.Uid));

    // What would start a new instance is left alone while that is paused.
    private readonly SortedSet<ServerRecord> _starting = new(ByTime);
    private readonly SortedSet<ServerRecord> _running = new(ByTime);
    private readonly SortedSet<ServerRecord> _others = new(ByTime);

    /// <summary>The servers that are due, the most urgent first.</summary>
    public IReadOnlyList<ServerRecord> Take(DateTimeOffset now, int limit, bool isPaused)
    {
        var urgent = Due(_others).Concat(isPaused ? [] : Due(_starting)).Select(server => (server, At: server.WakeAt!.Value));
        var probes = Due(_running).Select(server => (server, At: server.WakeAt!.Value + ProbesYield));
        return
        [
            .. urgent.Concat(probes).OrderBy(found => found.At).ThenBy(found => found.server.Uid, StringComparer.Ordinal)
                .Take(limit).Select(found => found.server),
        ];

        IEnumerable<ServerRecord> Due(SortedSet<ServerRecord> servers) => servers.TakeWhile(server => server.WakeAt <= now).Take(limit);
    }

    /// <summary>When the first of them is due; null: none waits.</summary>
    public DateTimeOffset? Next(bool isPaused)
    {
        var (others, running, starting) = (_others.Min?.WakeAt, _running.Min?.WakeAt, isPaused ? null : _starting.Min?.WakeAt);
        return Earlier(Earlier(others, running), starting);
    }

    internal void Add(ServerRecord server)
    {
        if (server.WakeAt is not null)
            SetOf(server).Add(server);
    }

    internal void Remove(ServerRecord server)
    {
        if (server.WakeAt is not null)
            SetOf(server).Remove(server);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private SortedSet<ServerRecord> SetOf(ServerRecord server) =>
        server.StartsNew ? _starting : server.State == ServerState.Running ? _running : _others;
}
