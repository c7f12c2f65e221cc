using System.Buffers.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Server;

/// <summary>HTTP headers as metadata.</summary>
internal static class HeaderMetadata
{
    /// <summary>All headers but those of the protocol itself, and those whose names no metadata can have.</summary>
    /// <exception cref="RpcException">INTERNAL: a "-bin" header is not base64.</exception>
    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers)
        {
            if (IsProtocol(key) || !Metadata.Entry.IsKey(key))
                continue;
            foreach (var value in values)
                Add(metadata, key, value ?? "");
        }

        return metadata;
    }

    public static bool HasBinary(IHeaderDictionary headers)
    {
        foreach (var (key, _) in headers)
            if (Metadata.Entry.IsBinaryKey(key))
                return true;
        return false;
    }

    /// <summary>Pseudo headers, and those with which the protocol itself deals.</summary>
    private static bool IsProtocol(string key) =>
        key.StartsWith(':')
        || key.Equals("grpc-encoding", StringComparison.OrdinalIgnoreCase)
        || key.Equals("grpc-accept-encoding", StringComparison.OrdinalIgnoreCase)
        || key.Equals("grpc-timeout", StringComparison.OrdinalIgnoreCase);

    private static void Add(Metadata metadata, string key, string value)
    {
        if (!Metadata.Entry.IsBinaryKey(key))
        {
            metadata.Add(key, value);
            return;
        }

        // Values of one key may have been joined on the way; base64 itself has no comma.
        foreach (var part in value.AsSpan().Split(','))
            metadata.Add(new Metadata.Entry(key, Decode(key, value.AsSpan(part).Trim())));
    }

    private static ReadOnlySpan<byte> Decode(string key, ReadOnlySpan<char> value)
    {
        var unpadded = value.TrimEnd('=');
        var padded = string.Concat(unpadded, "===".AsSpan(0, (4 - (unpadded.Length % 4)) % 4));
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        return value.Length - unpadded.Length <= 2 && Convert.TryFromBase64String(padded, decoded, out var length)
            ? decoded.AsSpan(0, length)
            : throw new RpcException(new Status(StatusCode.Internal, $"The value of header {key} is not base64."));
    }
}
