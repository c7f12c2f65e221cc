using System.Collections.Concurrent;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Since when providers have missed instances, by a clock that nobody sets: when the time of day is set on, what is too new to be found
/// must not pass for gone, or it would be made twice. Forgotten at a restart, after which it is waited for once more.
/// </summary>
internal sealed class Absences(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new();

    /// <summary>The server's instance was missed again. Returns the timestamp of when that was first so.</summary>
    public long Since(ServerRecord server)
    {
        var now = time.GetTimestamp();
        return server.AbsentSince is null ? _since[server.Uid] = now : _since.GetOrAdd(server.Uid, now);
    }

    /// <summary>Its instance was found, or is known to be gone.</summary>
    public void End(ServerRecord server) => _since.TryRemove(server.Uid, out _);
}
