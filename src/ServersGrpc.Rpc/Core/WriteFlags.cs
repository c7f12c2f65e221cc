namespace Grpc.Core;

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Need not go out at once: may wait for the messages after it.</summary>
    BufferHint = 0x1,

    /// <summary>Never compressed.</summary>
    NoCompress = 0x2,
}
