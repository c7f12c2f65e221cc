using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The one compression that is spoken, a message at a time.</summary>
internal static class GzipMessage
{
    public const string Name = "gzip";

    private const int InflateStep = 4096;

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

    /// <summary>Inflates up to the limit and no byte further, whatever the payload would grow to.</summary>
    /// <exception cref="RpcException">INTERNAL: no gzip. RESOURCE_EXHAUSTED: beyond the limit.</exception>
    public static PooledBuffer Decompress(in ReadOnlySequence<byte> payload, int? maxSize)
    {
        var inflated = new PooledBuffer(Math.Max(InflateStep, (int)payload.Length));
        try
        {
            using var gzip = new GZipStream(AsStream(payload), CompressionMode.Decompress);
            while (gzip.Read(inflated.GetSpan(InflateStep)) is var count and > 0)
            {
                inflated.Advance(count);
                if (inflated.Length > maxSize)
                    throw WireFault.TooLarge(maxSize.Value);
            }

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

    private static MemoryStream AsStream(in ReadOnlySequence<byte> payload) =>
        payload.IsSingleSegment && MemoryMarshal.TryGetArray(payload.First, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(payload.ToArray(), writable: false);
}
