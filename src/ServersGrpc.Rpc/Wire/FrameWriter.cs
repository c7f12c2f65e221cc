using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>
/// Writes messages to a body; it is itself the context that each is serialized to. A message whose length is known and that is not
/// compressed goes straight into the body's memory.
/// </summary>
internal sealed class FrameWriter(IBufferWriter<byte> body, CompressionLevel? gzip, int? maxSize) : SerializationContext
{
    // A few packets: below this, compression costs more than it saves.
    private const int WorthCompressing = 4096;

    private PooledBuffer? _buffer;
    private int? _length;
    private bool _compress;

    /// <summary>How hard to compress; null for not at all. Before the first message.</summary>
    public CompressionLevel? Gzip { get; set; } = gzip;

    /// <summary>Whether part of a message is in the body, so that nothing sensible can follow it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>How many bytes of messages are in the body, or have left it.</summary>
    public long Written { get; private set; }

    /// <summary>Puts a message into the body's memory. It leaves with the next flush.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: beyond the limit.</exception>
    public void Write<T>(Marshaller<T> marshaller, T message, WriteOptions? options)
    {
        _compress = Gzip is not null && options?.Flags.HasFlag(WriteFlags.NoCompress) != true;
        try
        {
            marshaller.ContextualSerializer(message, this);
        }
        finally
        {
            _buffer?.Dispose();
            _buffer = null;
            _length = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckSize(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_length is not { } length || IsWorthCompressing(length))
            return _buffer = new PooledBuffer(_length ?? WorthCompressing);
        IsBroken = true;
        MessageFrame.WriteHeader(body, length, compressed: false);
        Written += length;
        return body;
    }

    public override void Complete()
    {
        IsBroken = false;
        if (_buffer is not null)
            WritePayload(_buffer.WrittenMemory.Span);
    }

    public override void Complete(byte[] payload) => WritePayload(payload);

    private void WritePayload(ReadOnlySpan<byte> payload)
    {
        CheckSize(payload.Length);
        if (IsWorthCompressing(payload.Length))
        {
            using var compressed = GzipMessage.Compress(payload, Gzip!.Value);
            if (compressed.Length < payload.Length)
            {
                WriteFrame(compressed.WrittenMemory.Span, compressed: true);
                return;
            }
        }

        WriteFrame(payload, compressed: false);
    }

    private void WriteFrame(ReadOnlySpan<byte> payload, bool compressed)
    {
        MessageFrame.WriteHeader(body, payload.Length, compressed);
        body.Write(payload);
        Written += payload.Length;
    }

    private bool IsWorthCompressing(int length) => _compress && length >= WorthCompressing;

    private void CheckSize(int length)
    {
        if (length > maxSize)
            throw WireFault.TooLarge(maxSize.Value);
    }
}
