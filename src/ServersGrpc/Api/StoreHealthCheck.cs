using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Api;

/// <summary>Whether the store answers: the one question behind /healthz and the health service.</summary>
internal sealed class StoreHealthCheck(IStoreHealth store, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("The service is shutting down.");
        try
        {
            await store.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
