using System.Diagnostics;

namespace ServersGrpc.Engine.Tracing;

/// <summary>
/// The source of the engine's activities: lifecycle steps, provider calls and store commits. Nothing is made or kept while no one listens.
/// No attribute holds a secret, user data or a provider's words.
/// </summary>
public static class EngineActivities
{
    public const string SourceName = "ServersGrpc";

    internal const string Outcome = "servers.outcome";
    internal const string Provider = "servers.provider";

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// The trace context of the request under way, as a server's record keeps it for the steps that the request causes; "" where none is
    /// recorded.
    /// </summary>
    internal static string Cause() =>
        Source.HasListeners() && Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";

    /// <summary>The links to a cause that was kept; none where none was.</summary>
    internal static IEnumerable<ActivityLink> LinksTo(string cause) =>
        ActivityContext.TryParse(cause, traceState: null, isRemote: true, out var context) ? [new(context)] : [];

    /// <summary>Tells how the work ended.</summary>
    internal static void End(this Activity activity, string outcome, bool isError)
    {
        activity.SetTag(Outcome, outcome);
        if (isError)
            activity.SetStatus(ActivityStatusCode.Error);
    }
}
