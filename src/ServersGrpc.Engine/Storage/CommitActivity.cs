using System.Diagnostics;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Storage;

/// <summary>
/// The activity of one transaction. It is a part of what wrote, where that is one activity. Where writes of several share it, it is a
/// trace of its own that links to each.
/// </summary>
internal static class CommitActivity
{
    /// <summary>The activity that a write is asked for in; default where none is recorded.</summary>
    public static ActivityContext Writer =>
        EngineActivities.Source.HasListeners() && Activity.Current is { } activity ? activity.Context : default;

    /// <param name="writes">What shares the transaction.</param>
    /// <param name="writer">The <see cref="Writer"/> of one.</param>
    public static Activity? Start<T>(List<T> writes, Func<T, ActivityContext> writer)
    {
        if (!EngineActivities.Source.HasListeners())
            return null;
        var known = writes.Select(writer).Where(context => context != default).Distinct().ToArray();
        return EngineActivities.Source.StartActivity(
            "store commit", ActivityKind.Internal, known is [var one] ? one : default, [new("servers.writes", writes.Count)],
            known.Length > 1 ? known.Select(context => new ActivityLink(context)) : []);
    }
}
