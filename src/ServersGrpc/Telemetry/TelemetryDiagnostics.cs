using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace ServersGrpc.Telemetry;

/// <summary>
/// Logs what OpenTelemetry reports of itself, such as a value that can't be read or a collector that is away. It reports to event sources
/// only, and as often as it happens; the log gets each kind of report once in <see cref="Interval"/>.
/// </summary>
internal sealed class TelemetryDiagnostics(TimeProvider time, ILogger<TelemetryDiagnostics> logger) : EventListener
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // The other sources tell of what is not configured, which is no trouble.
    private static readonly string[] Sources = ["OpenTelemetry-Sdk", "OpenTelemetry-Exporter"];

    // Reported of each instrument that a view drops: that is what the view is for.
    private const string Ignored = "MetricInstrumentIgnored";

    private const int LongestPart = 300;

    private readonly ConcurrentDictionary<(string Source, int Event), long> _last = new();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (Sources.Any(source => eventSource.Name.StartsWith(source, StringComparison.Ordinal)))
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != Ignored && IsDue((eventData.EventSource.Name, eventData.EventId)))
            TelemetryLog.Reported(logger, eventData.EventSource.Name, eventData.EventName ?? "", Text(eventData));
    }

    private bool IsDue((string Source, int Event) kind)
    {
        var now = time.GetTimestamp();
        if (_last.TryAdd(kind, now))
            return true;
        var last = _last[kind];
        return time.GetElapsedTime(last, now) >= Interval && _last.TryUpdate(kind, now, last);
    }

    // Exceptions come with their stacks. Their first line says what is wrong.
    private static string Text(EventWrittenEventArgs report)
    {
        var parts = (report.Payload ?? (IReadOnlyList<object?>)[]).Select(part => (object)FirstLine(part)).ToArray();
        return report.Message is { } format ? string.Format(CultureInfo.InvariantCulture, format, parts) : string.Join(", ", parts);
    }

    private static string FirstLine(object? part)
    {
        var line = (Convert.ToString(part, CultureInfo.InvariantCulture) ?? "").Split('\n', 2)[0].TrimEnd();
        return line.Length <= LongestPart ? line : line[..LongestPart];
    }
}
