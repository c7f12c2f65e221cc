namespace ServersGrpc.Telemetry;

/// <summary>One line of development of a metric: the measurements with the same labels. Any thread may record.</summary>
/// <param name="labels">As <see cref="LabelText"/> writes them.</param>
internal abstract class MetricSeries(string labels)
{
    protected string Labels => labels;

    public abstract void Record(double value);

    /// <summary>Writes the samples of the family of this name.</summary>
    public abstract void WriteTo(PrometheusText text, string name);
}
