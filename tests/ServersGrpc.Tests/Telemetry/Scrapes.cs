using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Telemetry;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Telemetry;

/// <summary>Reads what a room measures as it will be published.</summary>
internal sealed class Scrapes(TestMeters meters) : IDisposable
{
    private readonly MetricCollector _collector = new(meters, NullLogger<MetricCollector>.Instance);

    /// <summary>The value of a sample, written as published, or null where there is none.</summary>
    public string? this[string sample] => _collector.Scrape().Split('\n')
        .Where(line => line.StartsWith(sample + " ", StringComparison.Ordinal))
        .Select(line => line[(sample.Length + 1)..])
        .SingleOrDefault();

    public void Dispose() => _collector.Dispose();
}
