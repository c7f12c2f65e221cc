using System.Diagnostics;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// The activity of one step. It runs later than the request that caused it, so it is a trace of its own that links to the request's.
/// </summary>
internal static class StepActivity
{
    public static Activity? Start(string step, ServerRecord server)
    {
        if (!EngineActivities.Source.HasListeners())
            return null;
        // The trace has no parent, whatever the step is started from.
        Activity.Current = null;
        return EngineActivities.Source.StartActivity(
            $"step {step}", ActivityKind.Internal, parentContext: default,
            [
                new("servers.step", step),
                new("servers.server.name", server.Name),
                new("servers.server.uid", server.Uid),
                new(EngineActivities.Provider, server.Provider),
            ],
            EngineActivities.LinksTo(server.Cause));
    }
}
