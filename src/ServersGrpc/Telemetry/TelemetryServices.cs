using System.Diagnostics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServersGrpc.Auth.Authentication;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.Engine.Tracing;
using ServersGrpc.Rest;

namespace ServersGrpc.Telemetry;

internal static class TelemetryServices
{
    public const string MetricsPath = "/metrics";

    private const string ServiceName = "servers-grpc";

    // Supervisors and scrapers call these every few seconds.
    private static readonly HashSet<PathString> Unremarkable = [MetricsPath, "/healthz"];

    /// <summary>
    /// Adds what the service, the framework and the runtime measure, for <see cref="MapTelemetry"/> to show. Where OpenTelemetry's standard
    /// settings name an OTLP endpoint, metrics and traces are sent there too.
    /// </summary>
    /// <exception cref="ServersGrpc.Errors.ConfigurationException">An endpoint is no address.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, MetricsOptions options, IConfiguration configuration)
    {
        var otlp = new OtlpSettings(configuration);
        var telemetry = services
            .AddSingleton(options)
            .AddSingleton<ProcessMetrics>()
            .AddSingleton<TelemetryDiagnostics>()
            .AddHostedService<TelemetryFlush>()
            .AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(Measure);
        if (otlp.SendsMetrics)
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(otlp.ApplyToMetrics));
        if (otlp.SendsTraces)
            telemetry.WithTracing(traces => Trace(traces).AddOtlpExporter(otlp.ApplyToTraces));
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
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]), TakesNothing.Instance);
        services.GetRequiredService<ProcessMetrics>();
        if (services.GetRequiredService<MetricsOptions>().Open)
            endpoint.AllowAnonymous();
        else
            endpoint.RequireAuthorization(Policies.ServiceViewer);
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

    // Of a request's headers only the trace's own and the user agent are read. No other source than these makes activities.
    private static TracerProviderBuilder Trace(TracerProviderBuilder traces) => traces
        .AddSource(EngineActivities.SourceName)
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = http => !Unremarkable.Contains(http.Request.Path);
            // A caller may put a token where a name belongs. Of a query the values are hidden, but not the names.
            requests.EnrichWithHttpRequest = static (activity, _) =>
            {
                activity.SetTag("url.query", null);
                HideCredentials(activity, "url.path");
                HideCredentials(activity, "user_agent.original");
            };
        })
        .AddHttpClientInstrumentation();

    private static void HideCredentials(Activity activity, string tag)
    {
        if (activity.GetTagItem(tag) is string text)
            activity.SetTag(tag, CredentialText.Hide(text));
    }

    private static void ForbidCaching(IApplicationBuilder pipeline) => pipeline.Use((http, next) =>
    {
        http.Response.Headers.CacheControl = "no-store";
        return next(http);
    });
}
