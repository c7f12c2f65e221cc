using System.Security.Cryptography;
using System.Text;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Tells whether two requests are the same, without keeping them.</summary>
internal static class RequestDigest
{
    public static string Of(ProvisionRequest request) => Of(
    [
        request.Name, request.Provider, request.Image, request.Region, request.Size, $"{request.Capacity}", request.UserData,
        .. request.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).SelectMany(label => new[] { label.Key, label.Value }),
        // No label has an empty key. Without alternatives the digest is the one from before there were any.
        .. request.Alternatives.SelectMany(alternative => new[] { "", alternative.Region, alternative.Size }),
    ]);

    // Each part with its length, so that no two lists run together into the same text.
    public static string Of(IEnumerable<string> parts) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => $"{part.Length}:{part}")))));
}
