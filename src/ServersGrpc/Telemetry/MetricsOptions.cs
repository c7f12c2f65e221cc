namespace ServersGrpc.Telemetry;

/// <summary>What is told to a monitoring system: section Servers:Metrics.</summary>
public sealed class MetricsOptions
{
    /// <summary>
    /// Whether /metrics answers without a token. It names providers, never a server or a key. Default: false.
    /// </summary>
    public bool Open { get; set; }
}
