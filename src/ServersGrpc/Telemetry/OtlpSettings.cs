using OpenTelemetry.Exporter;
using ServersGrpc.Errors;

namespace ServersGrpc.Telemetry;

/// <summary>
/// What OpenTelemetry's standard settings say of where metrics and traces are sent. The exporter itself reads OTEL_EXPORTER_OTLP_*;
/// those of one signal, such as OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, are read here.
/// </summary>
internal sealed class OtlpSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string TracesPrefix = Prefix + "TRACES_";
    private const string MetricsPrefix = Prefix + "METRICS_";
    private const string Endpoint = "ENDPOINT";

    private readonly IConfiguration _configuration;

    /// <exception cref="ConfigurationException">An endpoint is no address.</exception>
    public OtlpSettings(IConfiguration configuration)
    {
        _configuration = configuration;
        string[] prefixes = [Prefix, TracesPrefix, MetricsPrefix];
        // The exporter would turn to its default address without a word.
        var errors = prefixes.Select(prefix => prefix + Endpoint).Where(key => Value(key) is { } value && !IsAddress(value))
            .Select(key => $"{key} must be an address such as http://localhost:4317, without user name and password. "
                + $"{Prefix}HEADERS takes credentials.")
            .ToArray();
        if (errors.Length > 0)
            throw new ConfigurationException(errors);
    }

    public bool SendsTraces => (Value(TracesPrefix + Endpoint) ?? Value(Prefix + Endpoint)) is not null;

    public bool SendsMetrics => (Value(MetricsPrefix + Endpoint) ?? Value(Prefix + Endpoint)) is not null;

    public void ApplyToTraces(OtlpExporterOptions options) => Apply(TracesPrefix, options);

    public void ApplyToMetrics(OtlpExporterOptions options) => Apply(MetricsPrefix, options);

    private static bool IsAddress(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;

    private void Apply(string prefix, OtlpExporterOptions options)
    {
        if (Value(prefix + Endpoint) is { } endpoint)
            options.Endpoint = new(endpoint);
        if (Value(prefix + "PROTOCOL") is { } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (Value(prefix + "HEADERS") is { } headers)
            options.Headers = headers;
        if (int.TryParse(Value(prefix + "TIMEOUT"), out var timeout))
            options.TimeoutMilliseconds = timeout;
    }

    private string? Value(string key) => _configuration[key] is { Length: > 0 } value ? value : null;
}
