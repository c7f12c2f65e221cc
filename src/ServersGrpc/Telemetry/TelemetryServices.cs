using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using ServersGrpc.Api;

namespace ServersGrpc.Telemetry;

internal static class TelemetryServices
{
    public const string MetricsPath = "/metrics";

    private const string ServiceName = "servers-grpc";

    /// <summary>Adds what the service, the framework and the runtime measure, for <see cref="MapTelemetry"/> to show.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, MetricsOptions options)
    {
        services
            .AddSingleton(options)
            .AddSingleton<ProcessMetrics>()
            .AddSingleton<TelemetryDiagnostics>()
            .AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(Measure);
        return services.ConfigureOpenTelemetryMeterProvider(
            (root, metrics) => metrics.AddView(new MetricViews(root.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()).Of));
    }

    /// <summary>Maps GET /metrics. Call it before the rooms are mapped: what they measure as they begin counts too.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        services.GetRequiredService<TelemetryDiagnostics>();
        var endpoint = endpoints
            .MapPrometheusScrapingEndpoint(MetricsPath, meterProvider: null, ForbidCaching, optionsName: null)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        services.GetRequiredService<ProcessMetrics>();
        if (services.GetRequiredService<MetricsOptions>().Open)
            endpoint.AllowAnonymous();
    }

    // The environment's attributes come last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over ours.
    private static void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddTelemetrySdk()
        .AddService(ServiceName, serviceVersion: ServiceVersion.Read().Version)
        .AddEnvironmentVariableDetector();

    private static void Measure(MeterProviderBuilder metrics) => metrics
        .AddMeter(MetricViews.OurMeters)
        .AddAspNetCoreInstrumentation()
        .AddHttpClientInstrumentation()
        .AddRuntimeInstrumentation()
        .AddPrometheusExporter(prometheus =>
        {
            // Names and labels stay as documented: a meter's name is no label, and the resource is no metric.
            (prometheus.ScopeInfoEnabled, prometheus.TargetInfoEnabled) = (false, false);
            // A scrape shows the values of its own time.
            prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
        });

    private static void ForbidCaching(IApplicationBuilder pipeline) => pipeline.Use((http, next) =>
    {
        http.Response.Headers.CacheControl = "no-store";
        return next(http);
    });
}
