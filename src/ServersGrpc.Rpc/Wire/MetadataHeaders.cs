using System.Buffers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Wire;

/// <summary>Metadata as HTTP headers.</summary>
internal static class MetadataHeaders
{
    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code)]);

    /// <summary>Whether the value may stand in a header. Bytes always may, in base64.</summary>
    public static bool CanCross(Metadata.Entry entry) => entry.IsBinary || !entry.Value.AsSpan().ContainsAnyExcept(ValueCharacters);

    /// <summary>The header value; bytes in base64 without padding, as the protocol asks of senders.</summary>
    public static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <exception cref="ArgumentException">A value has characters that no header may have.</exception>
    public static void Append(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!CanCross(entry))
                throw new ArgumentException($"The value of \"{entry.Key}\" is not visible ASCII.", nameof(metadata));
            headers.Append(entry.Key, Encode(entry));
        }
    }
}
