using System.Text.RegularExpressions;

namespace ServersGrpc.Engine.Servers;

/// <summary>What labels may look like.</summary>
internal static partial class LabelRules
{
    /// <summary>The longest that a value may be made by configuration.</summary>
    public const int MaxValueLength = 512;

    public static bool IsKey(string key) => Key().IsMatch(key);

    public static bool IsValue(string value) => value.Length <= MaxValueLength && !value.Any(char.IsControl);

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Key();
}
