using System.Collections.Concurrent;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Since when providers have missed instances, by a clock that nobody sets: when the time of day is set on, what is too new to be found
/// must not pass for gone, or it would be made twice. Forgotten at a restart, after which it is waited for once more.
/// </summary>
/// <remarks>
/// Two looks that miss an instance, however far apart, may each fall into a lapse of its own. So the window has to be filled by looks: within
/// one window a create may take effect late, its instance be missing from listings for a while, and drop out of them once more.
/// </remarks>
internal sealed class Absences(TimeProvider time)
{
    private const int Parts = 3;

    // Times are kept in whole milliseconds: who comes back may be so much too early, and is not to have come for nothing.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, Absence> _open = new();

    /// <summary>The server's instance was missed again, by a look that began at a timestamp.</summary>
    /// <param name="server">Whose instance.</param>
    /// <param name="window">For how long its provider may miss what is there.</param>
    /// <param name="asked">An answer that is long in coming tells of when it was asked for.</param>
    public Absence Miss(ServerRecord server, TimeSpan window, long asked)
    {
        var now = time.GetTimestamp();
        if (server.AbsentSince is null || !_open.TryGetValue(server.Uid, out var absence))
            absence = new(now, now, window == TimeSpan.Zero ? 0 : Parts);
        else if (time.GetElapsedTime(absence.Latest, asked) >= Part(window) - Grain)
            absence = absence with { Latest = now, Left = absence.Left - 1 };
        return _open[server.Uid] = absence;
    }

    /// <summary>After how long a further look tells more.</summary>
    public TimeSpan UntilNextLook(Absence absence, TimeSpan window) => Part(window) - time.GetElapsedTime(absence.Latest);

    /// <summary>Its instance was found, or is known to be gone.</summary>
    public void End(ServerRecord server) => _open.TryRemove(server.Uid, out _);

    private static TimeSpan Part(TimeSpan window) => TimeSpan.FromMilliseconds(Math.Ceiling(window.TotalMilliseconds / Parts));
}
