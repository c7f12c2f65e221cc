using System.Buffers.Binary;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>One frame of a connection, as it goes over the wire.</summary>
internal sealed record Http2Frame(Http2FrameType Type, Http2Flags Flags, int StreamId, byte[] Payload)
{
    public const int HeaderLength = 9;

    /// <summary>Whether it is the last of its stream in its direction.</summary>
    public bool EndsStream => Type is Http2FrameType.Data or Http2FrameType.Headers && Flags.HasFlag(Http2Flags.EndStream);

    /// <summary>Of a RST_STREAM, or of a GOAWAY.</summary>
    public Http2ErrorCode ErrorCode =>
        (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == Http2FrameType.GoAway ? 4 : 0));

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + Payload.Length];
        bytes[0] = (byte)(Payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)Payload.Length);
        bytes[3] = (byte)Type;
        bytes[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), StreamId);
        Payload.CopyTo(bytes, HeaderLength);
        return bytes;
    }
}
