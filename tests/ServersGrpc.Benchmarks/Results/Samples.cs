namespace ServersGrpc.Benchmarks.Results;

/// <summary>Measured values of one kind.</summary>
internal sealed class Samples(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => Percentile(50);

    public double Least => _sorted[0];

    public double Most => _sorted[^1];

    /// <summary>Linear between the two nearest values.</summary>
    public double Percentile(double percent)
    {
        var place = percent / 100 * (_sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + ((place - below) * (_sorted[above] - _sorted[below]));
    }
}
