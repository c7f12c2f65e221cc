using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>The probe, counted.</summary>
internal sealed class MeteredProbe(IServerProbe probe, LifecycleMetrics metrics)
{
    public async Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        var kind = server.State == ServerState.Running ? "liveness" : "readiness";
        try
        {
            await probe.ProbeAsync(server, cancellationToken);
        }
        catch (ProbeFailedException)
        {
            metrics.Probe(kind, "failed");
            throw;
        }
        metrics.Probe(kind, "ok");
    }
}
