using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>Reads messages off a body, one at a time; it is itself the context that each is parsed from.</summary>
internal sealed class FrameReader(PipeReader body, bool gzip, int? maxSize) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;
    private bool _isAtEnd;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The only message of the body.</summary>
    /// <exception cref="RpcException">INTERNAL: there is none, more than one, or it is broken.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        var message = await ReadNextAsync(marshaller, cancellationToken)
            ?? throw WireFault.Malformed("A message was expected and none came.");
        // The end came with the message as a rule, and then there is nothing to wait for.
        return _isAtEnd || await ReadNextAsync(marshaller, cancellationToken) is null
            ? message
            : throw WireFault.Malformed("One message was expected and more came.");
    }

    /// <summary>The next message; null at the end of the body.</summary>
    /// <exception cref="RpcException">INTERNAL: it is broken. RESOURCE_EXHAUSTED: it is beyond the limit.</exception>
    /// <exception cref="CallOverException">The other side went away.</exception>
    public async ValueTask<T?> ReadNextAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await ReadBodyAsync(cancellationToken);
            var buffer = result.Buffer;
            var examined = buffer.End;
            try
            {
                if (MessageFrame.TryRead(ref buffer, maxSize, out var payload, out var compressed))
                {
                    examined = buffer.Start;
                    _isAtEnd = result.IsCompleted && buffer.IsEmpty;
                    return compressed ? ParseCompressed(payload, marshaller) : Parse(payload, marshaller);
                }

                if (result.IsCompleted)
                    return buffer.IsEmpty ? null : throw WireFault.Malformed("The body ends within a message.");
            }
            finally
            {
                // After a fault too: over HTTP/1.1 the rest of the body is in the way of the next request.
                AdvanceTo(buffer.Start, examined);
            }
        }
    }

    private async ValueTask<ReadResult> ReadBodyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (IOException fault)
        {
            throw new CallOverException(fault);
        }
    }

    // A reset that comes between a read and this is told here, and may be before the call's token is cancelled.
    private void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            body.AdvanceTo(consumed, examined);
        }
        catch (IOException fault)
        {
            throw new CallOverException(fault);
        }
    }

    private T ParseCompressed<T>(in ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        if (!gzip)
            throw WireFault.Malformed("A message is compressed, and no grpc-encoding was announced.");
        using var inflated = GzipMessage.Decompress(payload, maxSize);
        return Parse(new ReadOnlySequence<byte>(inflated.WrittenMemory), marshaller);
    }

    private T Parse<T>(in ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        _payload = payload;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw WireFault.Malformed("The message can't be parsed.", fault);
        }
        finally
        {
            // The memory goes back to the pipe.
            _payload = default;
        }
    }
}
