using System.Diagnostics.Metrics;
using System.Numerics;

namespace ServersGrpc.Telemetry;

/// <summary>
/// Hears what the service's rooms measure, and tells it as Prometheus' text. Heard is every meter of this host's meter factory whose name
/// begins with ServersGrpc.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private const string MeterPrefix = "ServersGrpc";

    // For times in seconds, from a cache's answer to a machine's boot.
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly IMeterFactory _meters;
    private readonly ILogger _logger;
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    public MetricCollector(IMeterFactory meters, ILogger<MetricCollector> logger)
    {
        (_meters, _logger) = (meters, logger);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsOurs(instrument.Meter) && FamilyOf(instrument) is { } family)
                listener.EnableMeasurementEvents(instrument, family);
        };
        Hear<byte>();
        Hear<short>();
        Hear<int>();
        Hear<long>();
        Hear<float>();
        Hear<double>();
        Hear<decimal>();
        _listener.Start();
    }

    /// <summary>Everything as it is now, in an order that stays.</summary>
    public string Scrape()
    {
        // Two at once would read the observed values twice.
        lock (_scraping)
        {
            KeyValuePair<string, MetricFamily>[] families;
            lock (_lock)
                families = [.. _families];
            foreach (var (_, family) in families)
                family.BeginScrape();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e)
            {
                TelemetryLog.UnreadValue(_logger, e);
            }
            var text = new PrometheusText();
            foreach (var (name, family) in families)
                family.WriteTo(text, name);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Hear<T>() where T : struct, INumberBase<T> => _listener.SetMeasurementEventCallback<T>(
        static (_, value, tags, family) => ((MetricFamily)family!).Record(double.CreateSaturating(value), tags));

    // Hosts in one process have meters of the same names.
    private bool IsOurs(Meter meter) => ReferenceEquals(meter.Scope, _meters) && meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal);

    private MetricFamily? FamilyOf(Instrument instrument)
    {
        var type = TypeOf(instrument);
        var name = MetricName.Of(instrument, type);
        lock (_lock)
        {
            // Meters may share a metric; the format has room for one of a name.
            if (!_families.TryGetValue(name, out var family))
                _families.Add(name, family = new(instrument.Description ?? "", type, instrument.IsObservable, SeriesOf(instrument, type)));
            if (family.Type == type)
                return family;
        }
        TelemetryLog.NameTaken(_logger, instrument.Name, instrument.Meter.Name, name);
        return null;
    }

    private static Func<string, MetricSeries> SeriesOf(Instrument instrument, MetricType type)
    {
        if (type == MetricType.Histogram)
        {
            var bounds = Bounds(instrument);
            return labels => new HistogramSeries(labels, bounds);
        }
        return Is(instrument, typeof(Gauge<>)) ? labels => new LastSeries(labels) : labels => new SumSeries(labels);
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        if (Is(instrument, typeof(Histogram<>)))
            return MetricType.Histogram;
        return Is(instrument, typeof(Counter<>)) || Is(instrument, typeof(ObservableCounter<>)) ? MetricType.Counter : MetricType.Gauge;
    }

    private static bool Is(Instrument instrument, Type kind) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == kind;

    private static double[] Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<float> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => DefaultBounds,
    };
}
