using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>The probe, counted.</summary>
internal sealed class MeteredProbe(IServerProbe probe, LifecycleMetrics metrics)
{
    public Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken) =>
        ProbeAsync(server, server.State == ServerState.Running ? "liveness" : "readiness", cancellationToken);

    /// <summary>Whether the machine answers with new credentials.</summary>
    public async Task<bool> AnswersAsync(ServerRecord renewed, CancellationToken cancellationToken)
    {
        try
        {
            await ProbeAsync(renewed, "rotation", cancellationToken);
            return true;
        }
        catch (ProbeFailedException)
        {
            return false;
        }
    }

    private async Task ProbeAsync(ServerRecord server, string kind, CancellationToken cancellationToken)
    {
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
