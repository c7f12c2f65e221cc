namespace ServersGrpc.Simulation.Disk;

/// <summary>Bytes with a length of their own; what lies behind it is zero, so that a file that grows shows zeros.</summary>
internal sealed class FileBytes(byte[] buffer, long length)
{
    private byte[] _buffer = buffer;

    public long Length { get; private set; } = length;

    public FileBytes Copy() => new(_buffer.AsSpan(0, (int)Length).ToArray(), Length);

    public int Read(long at, Span<byte> into)
    {
        var count = (int)Math.Clamp(Length - at, 0, into.Length);
        if (count > 0)
            _buffer.AsSpan((int)at, count).CopyTo(into);
        return count;
    }

    public void Write(long at, ReadOnlySpan<byte> from)
    {
        MakeRoom(at + from.Length);
        from.CopyTo(_buffer.AsSpan((int)at));
        Length = Math.Max(Length, at + from.Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
            _buffer.AsSpan((int)length, (int)(Length - length)).Clear();
        MakeRoom(length);
        Length = length;
    }

    private void MakeRoom(long size)
    {
        if (_buffer.Length < size)
            Array.Resize(ref _buffer, (int)Math.Max(size, _buffer.Length * 2L));
    }
}
