using System.Security.Cryptography;

namespace ServersGrpc.Listening.Tls;

/// <summary>What a PEM file says that it holds.</summary>
internal static class PemLabels
{
    public static IReadOnlyList<string> Of(string text)
    {
        var labels = new List<string>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
            labels.Add(rest[found.Label].ToString());
        return labels;
    }
}
