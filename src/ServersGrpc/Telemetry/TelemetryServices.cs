using ServersGrpc.Auth.Authorization;

namespace ServersGrpc.Telemetry;

internal static class TelemetryServices
{
    /// <summary>Adds GET /metrics: all that the rooms measure, and the process itself.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, MetricsOptions options) => services
        .AddSingleton(options)
        .AddSingleton<MetricCollector>()
        .AddSingleton<ProcessMetrics>();

    /// <summary>To stand before what maps the rooms: what they measure as they begin is heard too.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var collector = services.GetRequiredService<MetricCollector>();
        services.GetRequiredService<ProcessMetrics>();
        var endpoint = endpoints.MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], http =>
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.ContentType = PrometheusText.ContentType;
            return http.Response.WriteAsync(collector.Scrape(), http.RequestAborted);
        });
        if (services.GetRequiredService<MetricsOptions>().Open)
            endpoint.AllowAnonymous();
        else
            endpoint.RequireAuthorization(Policies.ServiceViewer);
    }
}
