using Microsoft.Win32.SafeHandles;

namespace ServersGrpc.LiteDb.Files;

/// <summary>A file of the file system.</summary>
internal sealed class DiskFile : IStoreFile
{
    private readonly SafeFileHandle _handle;

    public DiskFile(string path, FileMode mode = FileMode.OpenOrCreate, FileAccess access = FileAccess.ReadWrite)
    {
        // A file that is there has its mode already: the data directory closes it.
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.Read, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _stream = new(path, options);
        _handle = _stream.SafeFileHandle;
    }

    private readonly FileStream _stream;

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(long at, Span<byte> into)
    {
        var length = 0;
        while (length < into.Length && RandomAccess.Read(_handle, into[length..], at + length) is > 0 and var read)
            length += read;
        return length;
    }

    public void Write(long at, ReadOnlySpan<byte> from) => RandomAccess.Write(_handle, from, at);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _stream.Dispose();
}
