using System.Diagnostics.CodeAnalysis;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Rules;

/// <summary>
/// All servers in memory, and what the rules ask of them, without walking over all. Changes can be taken back, the last one first. For one
/// thread.
/// </summary>
public sealed class ServerBook
{
    private readonly Dictionary<string, ServerRecord> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string RequestId, string Owner), string> _byRequest = [];
    // Of servers that are not stopped. A machine may come up with an address that another has: both are counted.
    private readonly Dictionary<string, int> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _owners = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DueServers> _due = new(StringComparer.Ordinal);
    private readonly Stack<(ServerRecord? Before, ServerRecord? After, DateTimeOffset LatestSchedule)> _undo = [];

    /// <summary>How many servers are not stopped.</summary>
    public int Live { get; private set; }

    public IEnumerable<ServerRecord> All => _byUid.Values;

    /// <summary>The providers of all servers, in a steady order; of servers that are gone, too.</summary>
    public IEnumerable<string> Providers => _due.Keys;

    /// <summary>The latest time at which any server was told when to wake, since all were woken.</summary>
    public DateTimeOffset LatestSchedule { get; private set; }

    public ServerRecord? Find(string name) => _byName.TryGetValue(name, out var uid) ? _byUid[uid] : null;

    public ServerRecord? FindByUid(string uid) => _byUid.GetValueOrDefault(uid);

    public ServerRecord? FindByRequest(string requestId, string owner) =>
        requestId.Length > 0 && _byRequest.TryGetValue((requestId, owner), out var uid) ? _byUid[uid] : null;

    /// <summary>Whether a server that is not stopped has the address.</summary>
    public bool IsAddressTaken(string address) => _addresses.ContainsKey(address);

    /// <summary>How many servers of an owner are not stopped.</summary>
    public int LiveOf(string owner) => _owners.GetValueOrDefault(owner);

    /// <summary>The servers of a provider that wait for a time.</summary>
    public bool TryGetDue(string provider, [NotNullWhen(true)] out DueServers? due) => _due.TryGetValue(provider, out due);

    /// <summary>Puts a server in the place of the one before it.</summary>
    /// <param name="before">The server that is here; null: it is new.</param>
    /// <param name="after">The server as it is to be; null: it goes.</param>
    /// <exception cref="InvalidOperationException">Another server has its uid, name or request id; nothing is changed.</exception>
    public void Set(ServerRecord? before, ServerRecord? after)
    {
        // What the caller has of it may differ in what it is filed under.
        before = before is null ? null : _byUid[before.Uid];
        if (after is not null && IsTaken(after, before?.Uid))
            throw new InvalidOperationException($"Another server has the uid, name or request id of server \"{after.Name}\".");
        _undo.Push((before, after, LatestSchedule));
        Replace(before, after);
        if (after?.Scheduled > LatestSchedule)
            LatestSchedule = after.Scheduled;
    }

    /// <summary>Nothing waits any more for a time of before: what was scheduled later than this, was so by a clock that was set back.</summary>
    public void Reschedule(DateTimeOffset now)
    {
        _undo.Push((null, null, LatestSchedule));
        LatestSchedule = now;
    }

    /// <summary>Takes the changes since a <see cref="Mark"/> back.</summary>
    public void Undo(int mark)
    {
        while (_undo.Count > mark)
        {
            var (before, after, latest) = _undo.Pop();
            Replace(after, before);
            LatestSchedule = latest;
        }
    }

    /// <summary>Where an <see cref="Undo"/> may go back to.</summary>
    public int Mark => _undo.Count;

    /// <summary>What was changed stays so.</summary>
    public void Keep() => _undo.Clear();

    private bool IsTaken(ServerRecord server, string? uid)
    {
        ReadOnlySpan<ServerRecord?> others = [FindByUid(server.Uid), Find(server.Name), FindByRequest(server.RequestId, server.Owner)];
        foreach (var other in others)
        {
            if (other is not null && other.Uid != uid)
                return true;
        }
        return false;
    }

    private void Replace(ServerRecord? before, ServerRecord? after)
    {
        if (before is not null)
            Remove(before);
        if (after is not null)
            Add(after);
    }

    private void Add(ServerRecord server)
    {
        _byUid.Add(server.Uid, server);
        _byName.Add(server.Name, server.Uid);
        if (server.RequestId.Length > 0)
            _byRequest.Add((server.RequestId, server.Owner), server.Uid);
        if (!_due.TryGetValue(server.Provider, out var due))
            due = _due[server.Provider] = new();
        due.Add(server);
        if (server.Stopped is null)
            Count(server, 1);
    }

    private void Remove(ServerRecord server)
    {
        _byUid.Remove(server.Uid);
        _byName.Remove(server.Name);
        if (server.RequestId.Length > 0)
            _byRequest.Remove((server.RequestId, server.Owner));
        _due[server.Provider].Remove(server);
        if (server.Stopped is null)
            Count(server, -1);
    }

    private void Count(ServerRecord server, int by)
    {
        Live += by;
        Count(_owners, server.Owner, by);
        if (server.Address.Length > 0)
            Count(_addresses, server.Address, by);
    }

    private static void Count(Dictionary<string, int> counts, string key, int by)
    {
        var count = counts.GetValueOrDefault(key) + by;
        if (count == 0)
            counts.Remove(key);
        else
            counts[key] = count;
    }
}
