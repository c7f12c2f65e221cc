namespace ServersGrpc.Benchmarks.Results;

/// <summary>What was promised of a figure, and whether it holds.</summary>
internal sealed record Bar(string Text, bool IsMet)
{
    public static Bar Below(double value, double bound, string unit = "") => new(Report.Text($"< {bound:0.##} {unit}").TrimEnd(), value < bound);

    public static Bar AtLeast(double value, double bound) => new(Report.Text($">= {bound:0.##}"), value >= bound);
}
