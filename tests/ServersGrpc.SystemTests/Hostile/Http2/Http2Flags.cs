namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>RFC 9113, 6. What a flag means depends on the frame.</summary>
[Flags]
internal enum Http2Flags : byte
{
    None = 0,
    Ack = 1,
    EndStream = 1,
    EndHeaders = 4,
    Padded = 8,
    Priority = 0x20,
}
