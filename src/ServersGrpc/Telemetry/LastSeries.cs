namespace ServersGrpc.Telemetry;

/// <summary>Keeps the last measurement.</summary>
internal sealed class LastSeries(string labels) : MetricSeries(labels)
{
    private double _last;

    public override void Record(double value) => Volatile.Write(ref _last, value);

    public override void WriteTo(PrometheusText text, string name) => text.Sample(name, Labels, Volatile.Read(in _last));
}
