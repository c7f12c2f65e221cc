using System.Globalization;
using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>What a container may use at most.</summary>
/// <param name="Name">As requests call it.</param>
/// <param name="NanoCpus">Billionths of a CPU.</param>
/// <param name="Memory">In bytes.</param>
internal sealed partial record DockerSize(string Name, long NanoCpus, long Memory)
{
    // The engine's own bounds.
    private const decimal LeastCpus = 0.01m;
    private const long LeastMemory = 6 << 20;

    private const decimal MostCpus = 4096;
    private const int NanosInCpu = 1_000_000_000;

    /// <summary>Reads NAME=CPUS/MEMORY; null where the text is not that.</summary>
    public static DockerSize? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            return null;
        var cpus = decimal.Parse(match.Groups["cpus"].ValueSpan, CultureInfo.InvariantCulture);
        var unit = 10 * " kmg".IndexOf(match.Groups["unit"].Value is [var letter] ? char.ToLowerInvariant(letter) : ' ', StringComparison.Ordinal);
        var memory = long.Parse(match.Groups["memory"].ValueSpan, CultureInfo.InvariantCulture) << unit;
        return cpus is < LeastCpus or > MostCpus || memory < LeastMemory ? null : new(match.Groups["name"].Value, (long)(cpus * NanosInCpu), memory);
    }

    [GeneratedRegex(@"\A\s*(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,62})\s*=\s*(?<cpus>\d{1,4}(\.\d{1,9})?)\s*/\s*(?<memory>\d{1,9})(?<unit>[kmgKMG]?)\s*\z")]
    private static partial Regex Form();
}
