namespace ServersGrpc.Telemetry;

/// <summary>Adds up: a counter, what goes up and down, or what is read anew for every scrape.</summary>
internal sealed class SumSeries(string labels) : MetricSeries(labels)
{
    private AtomicSum _sum;

    public override void Record(double value) => _sum.Add(value);

    public override void WriteTo(PrometheusText text, string name) => text.Sample(name, Labels, _sum.Value);
}
