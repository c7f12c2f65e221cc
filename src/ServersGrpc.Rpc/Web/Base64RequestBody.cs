using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Web;

/// <summary>
/// Decodes a body of base64. It may come as several parts, each padded by itself: a sender encodes what it has whenever it flushes.
/// </summary>
internal sealed class Base64RequestBody(PipeReader encoded) : Stream
{
    // Four characters are three bytes.
    private const int Quantum = 4;

    private readonly byte[] _buffer = new byte[1024 * Quantum];
    private ReadOnlyMemory<byte> _decoded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="RpcException">INTERNAL: it is not base64, or ends within four characters of it.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_decoded.IsEmpty)
        {
            var read = await encoded.ReadAsync(cancellationToken);
            var available = read.Buffer;
            if (available.Length >= Quantum)
            {
                Decode(available);
                continue;
            }

            encoded.AdvanceTo(available.Start, available.End);
            if (read.IsCompleted)
                return available.IsEmpty ? 0 : throw WireFault.Malformed("The body ends within its base64.");
        }

        var count = Math.Min(buffer.Length, _decoded.Length);
        _decoded[..count].CopyTo(buffer);
        _decoded = _decoded[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Decodes as much as there is room for, up to the end of a part.</summary>
    private void Decode(in ReadOnlySequence<byte> characters)
    {
        var count = (int)Math.Min(characters.Length, _buffer.Length) / Quantum * Quantum;
        characters.Slice(0, count).CopyTo(_buffer);
        if (_buffer.AsSpan(0, count).IndexOf((byte)'=') is var padding and >= 0)
            count = ((padding / Quantum) + 1) * Quantum;
        encoded.AdvanceTo(characters.GetPosition(count));
        if (Base64.DecodeFromUtf8InPlace(_buffer.AsSpan(0, count), out var length) != OperationStatus.Done)
            throw WireFault.Malformed("The body is not base64.");
        _decoded = _buffer.AsMemory(0, length);
    }
}
