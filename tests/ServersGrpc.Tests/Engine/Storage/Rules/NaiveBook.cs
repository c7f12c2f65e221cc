using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

/// <summary>What the rules ask of servers, answered by walking over all of them: too slow to use, and too simple to be wrong.</summary>
internal sealed class NaiveBook
{
    public IReadOnlyList<ServerRecord> Servers { get; private set; } = [];

    public DateTimeOffset LatestSchedule { get; set; }

    public int Live => Servers.Count(server => server.Stopped is null);

    public ServerRecord? Find(string name) => Servers.SingleOrDefault(server => server.Name == name);

    public ServerRecord? FindByUid(string uid) => Servers.SingleOrDefault(server => server.Uid == uid);

    public ServerRecord? FindByRequest(string requestId, string owner) =>
        Servers.SingleOrDefault(server => requestId != "" && server.RequestId == requestId && server.Owner == owner);

    public bool IsAddressTaken(string address) =>
        Servers.Any(server => server.Stopped is null && address != "" && server.Address == address);

    public int LiveOf(string owner) => Servers.Count(server => server.Stopped is null && server.Owner == owner);

    public IEnumerable<ServerRecord> Take(string provider, DateTimeOffset now, int limit, bool isPaused) =>
        Waiting(provider, isPaused).Where(server => server.WakeAt <= now)
            .OrderBy(server => server.State == ServerState.Running ? server.WakeAt!.Value.AddMinutes(5) : server.WakeAt!.Value)
            .ThenBy(server => server.Uid, StringComparer.Ordinal).Take(limit);

    public DateTimeOffset? Next(string provider, bool isPaused) => Waiting(provider, isPaused).Min(server => server.WakeAt);

    /// <summary>What stands against a new server, or the server that its request made; null: nothing.</summary>
    public object? Answer(ServerRecord server, ServerLimits limits)
    {
        if (FindByRequest(server.RequestId, server.Owner) is { } earlier)
            return earlier.RequestDigest == server.RequestDigest ? earlier : typeof(RequestIdReusedException);
        if (Find(server.Name) is not null)
            return typeof(NameTakenException);
        if (Live >= limits.All || (limits.OfOwner != 0 && LiveOf(server.Owner) >= limits.OfOwner))
            return typeof(ServerLimitException);
        return IsAddressTaken(server.Address) ? typeof(AddressTakenException) : null;
    }

    public void Set(ServerRecord? before, ServerRecord? after)
    {
        Servers = [.. Servers.Where(server => server.Uid != before?.Uid), .. after is null ? [] : (ServerRecord[])[after]];
        if (after is not null && after.Scheduled > LatestSchedule)
            LatestSchedule = after.Scheduled;
    }

    /// <summary>The book as it is now; what is set in one of the two is not in the other.</summary>
    public NaiveBook Copy() => new() { Servers = Servers, LatestSchedule = LatestSchedule };

    private IEnumerable<ServerRecord> Waiting(string provider, bool isPaused) =>
        Servers.Where(server => server.Provider == provider && server.WakeAt is not null && !(isPaused && IsStarting(server)));

    private static bool IsStarting(ServerRecord server) =>
        server.State == ServerState.Pending || (server.State == ServerState.Creating && !server.CreateIsOpen);
}
