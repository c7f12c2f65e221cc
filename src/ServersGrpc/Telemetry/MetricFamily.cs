using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ServersGrpc.Telemetry;

/// <summary>
/// A metric with all its series. To record into a series that is there takes no lock and allocates nothing. Past
/// <see cref="MaxSeries"/> sets of tags, whatever else comes goes into one series, overflow="true": a label with a careless value must not
/// eat the memory.
/// </summary>
/// <param name="help">What it measures.</param>
/// <param name="type">Its type.</param>
/// <param name="isObserved">Whether its values are read anew for every scrape.</param>
/// <param name="make">Makes a series of these labels.</param>
internal sealed class MetricFamily(string help, MetricType type, bool isObserved, Func<string, MetricSeries> make)
{
    public const int MaxSeries = 1000;

    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("overflow", true)];

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<TagSet, MetricSeries> _byTags = new(TagSetComparer.Instance);
    // Tags that differ in their order only have one series.
    private readonly SortedDictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);
    private int _sets;
    private volatile MetricSeries? _overflow;

    public MetricType Type => type;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // One of these would spoil a sum for good.
        if (double.IsNaN(value))
            return;
        var series = TryFind(tags, out var found) ? found : _overflow ?? Add(tags);
        series.Record(value);
    }

    /// <summary>Forgets what was read for the last scrape.</summary>
    public void BeginScrape()
    {
        if (!isObserved)
            return;
        lock (_lock)
        {
            _byTags.Clear();
            _byLabels.Clear();
            (_sets, _overflow) = (0, null);
        }
    }

    public void WriteTo(PrometheusText text, string name)
    {
        MetricSeries[] series;
        lock (_lock)
            series = [.. _byLabels.Values];
        if (series.Length == 0)
            return;
        text.Family(name, help, type);
        foreach (var one in series)
            one.WriteTo(text, name);
    }

    private bool TryFind(ReadOnlySpan<KeyValuePair<string, object?>> tags, [NotNullWhen(true)] out MetricSeries? series) =>
        _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out series);

    private MetricSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (TryFind(tags, out var series))
                return series;
            if (_sets == MaxSeries)
                return _overflow = WithLabels(LabelText.Of(OverflowTags));
            _sets++;
            series = WithLabels(LabelText.Of(tags));
            _byTags[new(tags.ToArray())] = series;
            return series;
        }
    }

    private MetricSeries WithLabels(string labels)
    {
        if (!_byLabels.TryGetValue(labels, out var series))
            _byLabels.Add(labels, series = make(labels));
        return series;
    }
}
