using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>What precedes each message: a flag that says whether it is compressed, and its length in four bytes, big-endian.</summary>
internal static class MessageFrame
{
    public const int HeaderLength = 5;

    public static void WriteHeader(IBufferWriter<byte> writer, int length, bool compressed)
    {
        var header = writer.GetSpan(HeaderLength);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        writer.Advance(HeaderLength);
    }

    /// <summary>Cuts the first message off the buffer; false while part of it is missing. The limit is held before it is waited for.</summary>
    /// <exception cref="RpcException">INTERNAL: the flag means nothing. RESOURCE_EXHAUSTED: beyond the limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int? maxSize, out ReadOnlySequence<byte> payload, out bool compressed)
    {
        payload = default;
        compressed = false;
        if (buffer.Length < HeaderLength)
            return false;
        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        compressed = header[0] switch
        {
            0 => false,
            1 => true,
            var flag => throw WireFault.Malformed($"A message begins with the flag {flag}."),
        };
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(maxSize ?? int.MaxValue))
            throw WireFault.TooLarge(maxSize ?? int.MaxValue);
        if (buffer.Length - HeaderLength < length)
            return false;
        payload = buffer.Slice(HeaderLength, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }
}
