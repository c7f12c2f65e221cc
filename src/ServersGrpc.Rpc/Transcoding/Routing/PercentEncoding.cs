using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>Decodes %XX (RFC 3986, 2.1), strictly: Uri.UnescapeDataString lets mistakes pass as they are.</summary>
internal static class PercentEncoding
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="text">The encoded text.</param>
    /// <param name="keepSlashes">Whether %2F stays as it is.</param>
    /// <param name="decoded">The text that was meant.</param>
    /// <returns>False when a percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.</returns>
    public static bool TryDecode(string text, bool keepSlashes, [NotNullWhen(true)] out string? decoded)
    {
        decoded = text;
        if (!text.Contains('%'))
            return true;
        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var at = 0; at < source.Length; at++)
        {
            var octet = source[at];
            if (octet == '%')
            {
                if (at + 2 >= source.Length || !char.IsAsciiHexDigit((char)source[at + 1]) || !char.IsAsciiHexDigit((char)source[at + 2]))
                    return false;
                var value = (byte)((Digit(source[at + 1]) << 4) | Digit(source[at + 2]));
                if (value != '/' || !keepSlashes)
                {
                    octet = value;
                    at += 2;
                }
            }
            source[length++] = octet;
        }
        try
        {
            decoded = Utf8.GetString(source, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
