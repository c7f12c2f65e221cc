namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// A stream of whole pages, as LiteDB reads and writes them. It must never fail to take a page: a failure in the middle of a commit leaves an
/// engine whose finalizer ends the process. So what is written waits in memory until the store asks for it to be put on disk.
/// </summary>
internal abstract class PageStream : Stream
{
    public const int PageSize = 8192;

    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    /// <summary>LiteDB does not decide when the disk is waited for.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length)
            return 0;
        var index = Index(buffer.Length);
        try
        {
            ReadPage(index, buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PageFaultException(e);
        }
        _position += PageSize;
        return PageSize;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        WritePage(Index(buffer.Length), buffer);
        _position += PageSize;
    }

    protected abstract void ReadPage(long index, Span<byte> page);

    protected abstract void WritePage(long index, ReadOnlySpan<byte> page);

    private long Index(int length) => length == PageSize && _position % PageSize == 0
        ? _position / PageSize
        : throw new InvalidOperationException($"LiteDB asked for {length} bytes at {_position}, which is no page.");
}
