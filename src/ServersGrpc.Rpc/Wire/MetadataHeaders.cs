using System.Buffers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Wire;

/// <summary>Metadata as HTTP headers.</summary>
internal static class MetadataHeaders
{
    /// <summary>Among the response headers of a method, how its responses are compressed. It does not cross the wire.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code)]);

    /// <summary>Whether the value may stand in a header. Bytes always may, in base64.</summary>
    public static bool CanCross(Metadata.Entry entry) => entry.IsBinary || !entry.Value.AsSpan().ContainsAnyExcept(ValueCharacters);

    /// <summary>The header value; bytes in base64 without padding, as the protocol asks of senders.</summary>
    public static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Encode(entry.ValueBytes) : entry.Value;

    /// <inheritdoc cref="Encode(Metadata.Entry)"/>
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <exception cref="ArgumentException">A value has characters that no header may have.</exception>
    public static void Append(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == EncodingRequest)
                continue;
            if (!CanCross(entry))
                throw new ArgumentException($"The value of \"{entry.Key}\" is not visible ASCII.", nameof(metadata));
            headers.Append(entry.Key, Encode(entry));
        }
    }
}
