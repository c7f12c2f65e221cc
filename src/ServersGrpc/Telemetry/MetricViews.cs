using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace ServersGrpc.Telemetry;

/// <summary>Decides which instruments this host shows, and with which labels.</summary>
/// <param name="meters">This host's meters. Hosts in one process have meters of the same names.</param>
internal sealed class MetricViews(IMeterFactory meters)
{
    public const string OurMeters = "ServersGrpc*";

    // Counts up and down for every request, which waits there only until a thread takes it.
    private const string QueuedRequests = "kestrel.queued_requests";

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

    // They count every request once more, or each of its buffers, which together takes longer than all that is shown of it. What matters is in
    // http.server.request.duration: route, status and error.
    private static readonly HashSet<string> PerRequest =
    [
        "Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Authorization", "Microsoft.AspNetCore.MemoryPool", "Microsoft.AspNetCore.Routing",
    ];

    public MetricStreamConfiguration? Of(Instrument instrument) => instrument.Meter switch
    {
        { Scope: IMeterFactory other } when other != meters => MetricStreamConfiguration.Drop,
        { Name: "System.Runtime" } when Misnamed.Contains(instrument.Name) => MetricStreamConfiguration.Drop,
        { Name: var meter } when PerRequest.Contains(meter) || instrument.Name == QueuedRequests => MetricStreamConfiguration.Drop,
        { Name: "System.Net.Http" or "System.Net.NameResolution" } => WithoutAddresses,
        _ => null,
    };
}
