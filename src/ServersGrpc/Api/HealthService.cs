using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServersGrpc.Auth;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

/// <summary>The standard health service. It answers what /healthz answers, at that moment; its watches hear of a change within seconds.</summary>
internal sealed class HealthService(HealthCheckService checks) : HealthServiceImpl
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        await UpdateAsync(context.CancellationToken);
        return await base.Check(request, context);
    }

    /// <summary>Ends with the service too, and says so first.</summary>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        var writer = new HealthWriter(responseStream);
        try
        {
            await context.GetSession().WaitAsync(base.Watch(request, writer, context));
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            await writer.WriteAsync(new() { Status = HealthCheckResponse.Types.ServingStatus.NotServing });
            throw;
        }
    }

    /// <summary>Looks anew, and tells those who watch.</summary>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        var status = report.Status == HealthStatus.Healthy
            ? HealthCheckResponse.Types.ServingStatus.Serving
            : HealthCheckResponse.Types.ServingStatus.NotServing;
        SetStatus("", status);
        SetStatus(ServerService.Descriptor.FullName, status);
    }
}
