namespace ServersGrpc.LiteDb.Files;

/// <summary>A file as the database needs one. The tests' disk loses power.</summary>
internal interface IStoreFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads as much as there is, up to the length of the buffer.</summary>
    int Read(long at, Span<byte> into);

    void Write(long at, ReadOnlySpan<byte> from);

    void SetLength(long length);

    /// <summary>Returns when all that was written is on disk.</summary>
    void Sync();
}
