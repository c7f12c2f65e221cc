using System.Text.RegularExpressions;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A page in Prometheus' text format.</summary>
internal sealed partial class MetricsPage(string text)
{
    /// <summary>Every sample, written as name{label="value",…} with its labels sorted, or as the name alone, with its value.</summary>
    public IEnumerable<(string Sample, string Value)> Samples { get; } =
    [
        .. from line in text.Split('\n')
           where line.Length > 0 && line[0] != '#'
           let match = Line().Match(line)
           let labels = Label().Matches(match.Groups["labels"].Value).Select(label => label.Value).Order(StringComparer.Ordinal).ToArray()
           select (match.Groups["name"].Value + (labels.Length == 0 ? "" : $"{{{string.Join(',', labels)}}}"), match.Groups["value"].Value),
    ];

    /// <summary>The name and the type of every metric.</summary>
    public IEnumerable<(string Name, string Type)> Metrics { get; } =
    [
        .. from line in text.Split('\n')
           where line.StartsWith("# TYPE ", StringComparison.Ordinal)
           let words = line.Split(' ')
           select (words[2], words[3]),
    ];

    /// <summary>The value of a sample, or null where there is none.</summary>
    public string? this[string sample] => Samples.SingleOrDefault(one => one.Sample == sample).Value;

    [GeneratedRegex(@"^(?<name>\w+)(\{(?<labels>.*)\})? (?<value>\S+)$")]
    private static partial Regex Line();

    [GeneratedRegex("""\w+="(?:[^"\\]|\\.)*""" + "\"")]
    private static partial Regex Label();
}
