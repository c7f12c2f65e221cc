using System.Globalization;

namespace ServersGrpc.Telemetry;

/// <summary>Writes tags as the labels of a series: name="value", sorted, between no braces.</summary>
internal static class LabelText
{
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
            labels[MetricName.Plain(name)] = Text(value);
        return string.Join(',', labels.Select(label => $"{label.Key}=\"{Escaped(label.Value)}\""));
    }

    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
