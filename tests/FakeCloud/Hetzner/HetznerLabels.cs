using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>The documented form of labels: a key of 63 characters with a prefix of up to 253 before a slash, a value of 63 characters or none.</summary>
internal static partial class HetznerLabels
{
    private const string Reserved = "hetzner.cloud/";

    /// <summary>The labels of a body; what is wrong with them is among its problems.</summary>
    public static Dictionary<string, string>? Read(Fields body)
    {
        if (body.Map("labels") is not { } labels) return null;
        foreach (var (key, value) in labels)
        {
            if (!Key().IsMatch(key)) body.Refuse("labels", $"label key '{key}' is not correctly formatted");
            if (key.StartsWith(Reserved, StringComparison.Ordinal)) body.Refuse("labels", $"label key '{key}' has a reserved prefix");
            if (!Value().IsMatch(value)) body.Refuse("labels", $"label value '{value}' is not correctly formatted");
        }

        return labels;
    }

    [GeneratedRegex(@"\A((?=[^/]{1,253}/)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*/)?[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?\z")]
    private static partial Regex Value();
}
