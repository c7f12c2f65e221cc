using System.Security.Cryptography;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>SSH keys as both clouds take them.</summary>
internal static class SshKeys
{
    /// <summary>MD5, as both clouds show it; null: it is no key.</summary>
    public static string? Fingerprint(string publicKey)
    {
        if (publicKey.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var type, var text, ..]) return null;
        if (!type.StartsWith("ssh-", StringComparison.Ordinal) && !type.StartsWith("ecdsa-", StringComparison.Ordinal)) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? string.Join(':', MD5.HashData(bytes.AsSpan(0, length)).Select(part => part.ToString("x2")))
            : null;
    }
}
