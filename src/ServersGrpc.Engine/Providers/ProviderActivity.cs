using System.Diagnostics;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Providers;

/// <summary>The activity of one call of a provider, without its wait for a turn.</summary>
internal static class ProviderActivity
{
    public static Activity? Start(string provider, string call) => EngineActivities.Source.HasListeners()
        ? EngineActivities.Source.StartActivity(
            $"provider {call}", ActivityKind.Client, parentContext: default,
            [new(EngineActivities.Provider, provider), new("servers.call", call)])
        : null;

    /// <param name="activity">The call.</param>
    /// <param name="outcome">One of <see cref="CallOutcome"/>.</param>
    public static void End(Activity activity, string outcome) =>
        activity.End(outcome, isError: outcome is not (CallOutcome.Ok or CallOutcome.NotFound or CallOutcome.Canceled));
}
