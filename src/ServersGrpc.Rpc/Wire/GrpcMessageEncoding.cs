using System.Buffers;
using System.Text;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The percent-encoding of the grpc-message trailer: UTF-8, everything outside 0x20 to 0x7E and '%' as %XX.</summary>
internal static class GrpcMessageEncoding
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code).Where(character => character != '%')]);

    public static string Encode(string message)
    {
        if (!message.AsSpan().ContainsAnyExcept(Plain))
            return message;
        var encoded = new StringBuilder(message.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (octet is >= 0x20 and <= 0x7E and not (byte)'%')
                encoded.Append((char)octet);
            else
                encoded.Append('%').Append(octet.ToString("X2"));
        }

        return encoded.ToString();
    }

    /// <summary>The text that was encoded. What is no valid encoding stays as it is: a bad message must not hide its status.</summary>
    public static string Decode(string encoded) => encoded.Contains('%') ? Uri.UnescapeDataString(encoded) : encoded;
}
