using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is written to. Either Complete(payload) once, or: SetPayloadLength, GetBufferWriter, Complete().</summary>
public abstract class SerializationContext
{
    /// <summary>Gives the whole payload at once.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Where to write the payload.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Says how long the payload will be, so that it need not be copied. Before GetBufferWriter.</summary>
    public virtual void SetPayloadLength(int payloadLength) => throw new NotImplementedException();

    /// <summary>Says that the payload is written.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
