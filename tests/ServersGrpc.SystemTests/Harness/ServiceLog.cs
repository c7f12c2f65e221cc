using System.Text.RegularExpressions;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>What the service wrote, line by line, over all its runs on one data directory.</summary>
internal sealed partial class ServiceLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public void Add(string line)
    {
        lock (_lock) _lines.Add(line);
    }

    public override string ToString()
    {
        lock (_lock) return string.Join(Environment.NewLine, _lines);
    }

    /// <summary>The entries of level error or critical that no pattern expects.</summary>
    public IReadOnlyList<string> Errors(IReadOnlyCollection<string> expected) =>
    [
        .. Entry().Matches(ToString() + Environment.NewLine).Select(match => match.Value.TrimEnd())
            .Where(entry => entry.StartsWith("fail: ", StringComparison.Ordinal) || entry.StartsWith("crit: ", StringComparison.Ordinal)
                || entry.StartsWith("Unhandled exception", StringComparison.Ordinal))
            .Where(entry => !expected.Any(pattern => Regex.IsMatch(entry, pattern))),
    ];

    // The console writes "level: Category[id]" and, indented below it, the message and the exception.
    [GeneratedRegex(@"^\S.*\n(?:[ \t].*\n)*", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
