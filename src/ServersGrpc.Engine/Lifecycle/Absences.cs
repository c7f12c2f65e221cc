using System.Collections.Concurrent;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// For how long providers have missed instances, by a clock that nobody sets: when the time of day is set on, what is too new to be found
/// must not pass for gone, or it would be made twice. Forgotten at a restart, after which it is waited for once more.
/// </summary>
internal sealed class Absences(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new();

    /// <summary>The server's instance was missed again. Returns for how long that has been so.</summary>
    public TimeSpan Length(ServerRecord server)
    {
        var now = time.GetTimestamp();
        return time.GetElapsedTime(server.AbsentSince is null ? _since[server.Uid] = now : _since.GetOrAdd(server.Uid, now), now);
    }

    public void End(ServerRecord server) => _since.TryRemove(server.Uid, out _);
}
