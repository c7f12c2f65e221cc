using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace ServersGrpc.Telemetry;

/// <summary>Decides which instruments this host shows, and with which labels.</summary>
/// <param name="meters">This host's meters. Hosts in one process have meters of the same names.</param>
internal sealed class MetricViews(IMeterFactory meters)
{
    public const string OurMeters = "ServersGrpc*";

    // Where a request goes is left out: probes call each server by its address, which is no business of a monitoring system.
    private static readonly MetricStreamConfiguration WithoutAddresses = new()
    {
        TagKeys =
        [
            "http.request.method", "http.response.status_code", "http.connection.state", "network.protocol.version",
            "url.scheme", "error.type",
        ],
    };

    // Prometheus keeps the suffix "_count" for histograms: its own checker refuses a page with these.
    private static readonly HashSet<string> Misnamed = ["dotnet.assembly.count", "dotnet.process.cpu.count", "dotnet.timer.count"];

    public MetricStreamConfiguration? Of(Instrument instrument) => instrument.Meter switch
    {
        { Scope: IMeterFactory other } when other != meters => MetricStreamConfiguration.Drop,
        { Name: "System.Runtime" } when Misnamed.Contains(instrument.Name) => MetricStreamConfiguration.Drop,
        { Name: "System.Net.Http" or "System.Net.NameResolution" } => WithoutAddresses,
        _ => null,
    };
}
