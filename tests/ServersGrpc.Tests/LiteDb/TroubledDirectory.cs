using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>A directory of the file system on a disk that is in trouble now and then.</summary>
internal sealed class TroubledDirectory(string path, DiskTrouble trouble) : IStoreDirectory
{
    private readonly DiskDirectory _directory = new(path);

    public string PathOf(string name) => _directory.PathOf(name);

    public bool Exists(string name) => _directory.Exists(name);

    public IStoreFile Open(string name) => new TroubledFile(_directory.Open(name), trouble);

    public void Rename(string from, string to) => _directory.Rename(from, to);

    public void Delete(string name) => _directory.Delete(name);

    public void Sync() => _directory.Sync();

    private sealed class TroubledFile(IStoreFile file, DiskTrouble trouble) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into) => trouble.Read is { } read ? throw read : file.Read(at, into);

        public void Write(long at, ReadOnlySpan<byte> from)
        {
            if (trouble.Write is { } write)
                throw write;
            if (from.Length > trouble.Room)
                throw DiskTrouble.Full;
            file.Write(at, from);
        }

        public void SetLength(long length)
        {
            if (trouble.Write is { } write)
                throw write;
            file.SetLength(length);
        }

        public void Sync()
        {
            file.Sync();
            if (trouble.Sync is { } sync)
                throw sync;
        }

        public void Dispose() => file.Dispose();
    }
}
