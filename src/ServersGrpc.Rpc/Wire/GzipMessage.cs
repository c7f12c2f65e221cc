using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The one compression that is spoken, a message at a time.</summary>
internal static class GzipMessage
{
    public const string Name = "gzip";

    private const int InflateStep = 4096;

    // RFC 1952: ten bytes before the data; after it a checksum, and the length of what was compressed.
    private const int MinSize = 18;
    private const int LengthSize = 4;

    private static ReadOnlySpan<byte> MemberStart => [0x1f, 0x8b, 8];

    /// <summary>Whether a grpc-accept-encoding header lists gzip.</summary>
    public static bool IsListedIn(string? acceptEncoding)
    {
        foreach (var part in acceptEncoding.AsSpan().Split(','))
            if (acceptEncoding.AsSpan(part).Trim().SequenceEqual(Name))
                return true;
        return false;
    }

    public static PooledBuffer Compress(ReadOnlySpan<byte> payload, CompressionLevel level)
    {
        var compressed = new PooledBuffer(payload.Length);
        using (var gzip = new GZipStream(compressed, level, leaveOpen: true))
            gzip.Write(payload);
        return compressed;
    }

    /// <summary>Inflates up to the limit and one byte further, which tells that it is exceeded, whatever the payload would grow to.</summary>
    /// <exception cref="RpcException">INTERNAL: no gzip. RESOURCE_EXHAUSTED: beyond the limit.</exception>
    public static PooledBuffer Decompress(in ReadOnlySequence<byte> payload, int? maxSize)
    {
        var inflated = new PooledBuffer(Math.Max(InflateStep, (int)payload.Length));
        try
        {
            using var gzip = new GZipStream(AsStream(payload), CompressionMode.Decompress);
            while (gzip.Read(Room(inflated, maxSize)) is var count and > 0)
            {
                inflated.Advance(count);
                if (inflated.Length > maxSize)
                    throw WireFault.TooLarge(maxSize.Value);
            }

            CheckWhole(payload, inflated.Length);
            return inflated;
        }
        catch (InvalidDataException fault)
        {
            inflated.Dispose();
            throw WireFault.Malformed("The message is not valid gzip.", fault);
        }
        catch (RpcException)
        {
            inflated.Dispose();
            throw;
        }
    }

    /// <summary>Room for what comes next. Of what is beyond the limit it takes a byte, which tells that there is more.</summary>
    private static Span<byte> Room(PooledBuffer inflated, int? maxSize)
    {
        var room = inflated.GetSpan(InflateStep);
        return maxSize is { } max ? room[..(int)Math.Min(room.Length, max + 1L - inflated.Length)] : room;
    }

    /// <summary>
    /// GZipStream takes the end of its input for the end of the data, wherever that is. The last four bytes hold the length, or that of the
    /// last of several members, which a payload that was cut off does not show. No bytes at all are no data: so does .NET itself write it.
    /// </summary>
    private static void CheckWhole(in ReadOnlySequence<byte> payload, long inflatedLength)
    {
        if (payload.IsEmpty)
            return;
        Span<byte> length = stackalloc byte[LengthSize];
        if (payload.Length < MinSize)
            throw new InvalidDataException("The end is missing.");
        payload.Slice(payload.Length - LengthSize).CopyTo(length);
        var rest = (uint)inflatedLength - BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (rest != 0 && rest != LengthBeforeLast(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray()))
            throw new InvalidDataException("The end is missing.");
    }

    /// <summary>The length of all members but the last: each ends with its own, and the next begins behind it.</summary>
    private static uint LengthBeforeLast(ReadOnlySpan<byte> payload)
    {
        var length = 0u;
        for (var at = MinSize; at < payload.Length && payload[at..].IndexOf(MemberStart) is var next and >= 0; at += next + MinSize)
            length += BinaryPrimitives.ReadUInt32LittleEndian(payload[(at + next - LengthSize)..]);
        return length;
    }

    private static MemoryStream AsStream(in ReadOnlySequence<byte> payload) =>
        payload.IsSingleSegment && MemoryMarshal.TryGetArray(payload.First, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(payload.ToArray(), writable: false);
}
