namespace ServersGrpc.Telemetry;

/// <summary>Counts measurements by size.</summary>
/// <param name="labels">As <see cref="LabelText"/> writes them.</param>
/// <param name="bounds">The buckets' inclusive upper bounds, sorted; one more bucket takes what is above.</param>
internal sealed class HistogramSeries(string labels, double[] bounds) : MetricSeries(labels)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private AtomicSum _sum;

    public override void Record(double value)
    {
        var bucket = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        _sum.Add(value);
    }

    public override void WriteTo(PrometheusText text, string name)
    {
        var count = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            count += Volatile.Read(in _counts[i]);
            text.Sample(name + "_bucket", WithBound(i < bounds.Length ? bounds[i] : double.PositiveInfinity), count);
        }
        text.Sample(name + "_sum", Labels, _sum.Value);
        // The number that the last bucket shows: another may have been counted since.
        text.Sample(name + "_count", Labels, count);
    }

    private string WithBound(double bound)
    {
        var le = $"le=\"{PrometheusText.Number(bound)}\"";
        return Labels.Length == 0 ? le : $"{Labels},{le}";
    }
}
