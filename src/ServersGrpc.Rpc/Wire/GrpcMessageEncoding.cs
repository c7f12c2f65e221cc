using System.Buffers;
using System.Text;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The percent-encoding of the grpc-message trailer: UTF-8, everything outside 0x20 to 0x7E and '%' as %XX.</summary>
internal static class GrpcMessageEncoding
{
    // A client that finds the headers too large drops the whole answer, the status with it. Most take 8 KiB of them.
    private const int DefaultMaxLength = 4096;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code).Where(character => character != '%')]);

    /// <summary>The header value; what is beyond its greatest length, by default 4 KiB, is cut off.</summary>
    public static string Encode(string message, int maxLength = DefaultMaxLength)
    {
        if (message.Length <= maxLength && !message.AsSpan().ContainsAnyExcept(Plain))
            return message;
        var encoded = new StringBuilder(Math.Min(message.Length, maxLength) + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var character in message.EnumerateRunes())
        {
            var whole = encoded.Length;
            foreach (var octet in utf8[..character.EncodeToUtf8(utf8)])
                Append(encoded, octet);
            if (encoded.Length > maxLength)
                return encoded.ToString(0, whole);
        }

        return encoded.ToString();
    }

    /// <summary>The text that was encoded. What is no valid encoding stays as it is: a bad message must not hide its status.</summary>
    public static string Decode(string encoded) => encoded.Contains('%') ? Uri.UnescapeDataString(encoded) : encoded;

    private static void Append(StringBuilder encoded, byte octet)
    {
        if (octet is >= 0x20 and <= 0x7E and not (byte)'%')
            encoded.Append((char)octet);
        else
            encoded.Append('%').Append(octet.ToString("X2"));
    }
}
