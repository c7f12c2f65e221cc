using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Servers;

/// <summary>What labels may look like.</summary>
internal static partial class LabelRules
{
    public const int MaxCount = 64;
    public const int MaxValueLength = 255;

    public static bool IsKey(string key) => Key().IsMatch(key);

    public static bool IsValue(string value) => value.Length <= MaxValueLength && !value.Any(char.IsControl);

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Key();
}
