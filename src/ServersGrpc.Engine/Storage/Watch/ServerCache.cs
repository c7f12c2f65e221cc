using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>
/// All servers as last committed. The lock on the data directory makes this process the only writer, so memory can't be stale, and reads
/// never wait for the disk.
/// </summary>
internal sealed class ServerCache
{
    private readonly ConcurrentDictionary<string, ServerRecord> _byName = new();
    private readonly ConcurrentDictionary<string, string> _names = new();

    public IEnumerable<ServerRecord> All => _byName.Select(pair => pair.Value);

    public bool TryGet(string name, [NotNullWhen(true)] out ServerRecord? server) => _byName.TryGetValue(name, out server);

    // The name may be another server's by now.
    public ServerRecord? FindByUid(string uid) =>
        _names.TryGetValue(uid, out var name) && _byName.TryGetValue(name, out var server) && server.Uid == uid ? server : null;

    /// <summary>Makes these all there is. Servers that stay are never missing on the way.</summary>
    public void Load(IEnumerable<ServerRecord> servers)
    {
        var kept = new HashSet<string>();
        foreach (var server in servers)
        {
            kept.Add(server.Uid);
            Put(server);
        }
        foreach (var gone in All.Where(server => !kept.Contains(server.Uid)))
            Remove(gone);
        foreach (var uid in _names.Keys.Where(uid => !kept.Contains(uid)))
            _names.TryRemove(uid, out _);
    }

    public void Put(ServerRecord server)
    {
        _byName[server.Name] = server;
        _names[server.Uid] = server.Name;
    }

    public void Remove(ServerRecord server)
    {
        _byName.TryRemove(server.Name, out _);
        _names.TryRemove(server.Uid, out _);
    }
}
