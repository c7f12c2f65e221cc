namespace ServersGrpc.Telemetry;

/// <summary>The types of Prometheus that instruments become.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}
