using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Api;

/// <summary>The documented paths that are no methods of the contract: health, version, and the pausing of new instances.</summary>
internal static class OperatorEndpoints
{
    public static void MapOperatorEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var store = endpoints.ServiceProvider.GetRequiredService<IServerStore>();
        var liveness = endpoints.ServiceProvider.GetRequiredService<LivenessBreaker>();
        var audit = endpoints.ServiceProvider.GetRequiredService<AuditTrail>();
        var certificates = endpoints.ServiceProvider.GetRequiredService<CertificateEnds>();
        var version = ServiceVersion.Read();
        endpoints.MapPath("/healthz", HttpMethods.Get, async http =>
        {
            await store.CheckAsync(http.RequestAborted);
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("OK", http.RequestAborted);
        });
        endpoints.MapPath("/version", HttpMethods.Get, http => http.Response.WriteAsJsonAsync(version, http.RequestAborted));
        endpoints.MapPath("/varz", HttpMethods.Get, async http => await http.Response.WriteAsJsonAsync(
            ServiceVariables.From(
                store.IsPaused, await liveness.ReadAsync(http.RequestAborted), await certificates.CountAsync(http.RequestAborted)),
            http.RequestAborted));
        endpoints.MapPath("/api/pause", HttpMethods.Post, http => SetPausedAsync(http, store, audit, paused: true));
        endpoints.MapPath("/api/resume", HttpMethods.Post, http => SetPausedAsync(http, store, audit, paused: false));
    }

    private static async Task SetPausedAsync(HttpContext http, IServerStore store, AuditTrail audit, bool paused)
    {
        await store.SetPausedAsync(paused, http.RequestAborted);
        audit.Allowed(http, http.Features.GetRequiredFeature<Account>().Caller, http.Request.Path, "");
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static void MapPath(this IEndpointRouteBuilder endpoints, string path, string method, RequestDelegate answer) =>
        endpoints.MapMethods(path, HttpMethods.IsGet(method) ? [HttpMethods.Get, HttpMethods.Head] : [method], async http =>
        {
            http.Response.Headers.CacheControl = "no-store";
            try
            {
                await answer(http);
            }
            catch (StoreUnavailableException e)
            {
                await http.WriteRpcStatusAsync(ApiErrors.From(e)!, http.RequestAborted);
            }
        });
}
