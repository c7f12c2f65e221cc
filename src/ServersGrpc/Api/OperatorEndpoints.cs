using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Rest;
using ServersGrpc.Telemetry;

namespace ServersGrpc.Api;

/// <summary>The documented paths that are no methods of the contract: health, version, and the pausing of new instances.</summary>
internal static class OperatorEndpoints
{
    public static void MapOperatorEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var paths = endpoints.MapGroup("").WithMetadata(TakesNothing.Instance);
        var version = ServiceVersion.Read();
        paths.MapOpen("/healthz", CheckHealthAsync);
        paths.MapOpen("/version", () => version);
        paths.MapGet("/varz", ReadVariablesAsync).RequireAuthorization(Policies.ServiceViewer);
        paths.MapPost("/api/pause", (HttpContext http, ISettingStore settings, AuditTrail audit) => SetPausedAsync(http, settings, audit, paused: true))
            .RequireAuthorization(Policies.ServiceAdmin);
        paths.MapPost("/api/resume", (HttpContext http, ISettingStore settings, AuditTrail audit) => SetPausedAsync(http, settings, audit, paused: false))
            .RequireAuthorization(Policies.ServiceAdmin);
        paths.AddEndpointFilter(static (context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return next(context);
        });
    }

    /// <summary>Maps a GET that needs no token. A wrong method is told so, as elsewhere, and not that it needs one.</summary>
    private static void MapOpen(this IEndpointRouteBuilder paths, string path, Delegate answer)
    {
        paths.MapGet(path, answer).AllowAnonymous();
        paths.Map(path, static http =>
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }).AllowAnonymous();
    }

    private static async Task<IResult> CheckHealthAsync(HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        return report.Status == HealthStatus.Healthy
            ? Results.Text("OK")
            : throw new StoreUnavailableException(report.Entries.Values.First(entry => entry.Status != HealthStatus.Healthy).Description!);
    }

    private static async Task<ServiceVariables> ReadVariablesAsync(
        ISettingStore settings, LivenessBreaker liveness, CertificateEnds certificates, CancellationToken cancellationToken) =>
        ServiceVariables.From(
            await settings.IsPausedAsync(cancellationToken), await liveness.ReadAsync(cancellationToken), (await certificates.CountAsync(cancellationToken)).Expiring);

    private static async Task<IResult> SetPausedAsync(HttpContext http, ISettingStore settings, AuditTrail audit, bool paused)
    {
        await settings.SetPausedAsync(paused, http.RequestAborted);
        audit.Allowed(http, http.FindAccount()!.Caller, http.Request.Path, "");
        return Results.NoContent();
    }
}
