using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>A directory on a disk that is in trouble when a test says so.</summary>
internal sealed class FaultyDirectory(IStoreDirectory inner, DiskTrouble trouble) : IStoreDirectory
{
    /// <summary>Told the name of a file before each change and each sync of it, on the thread that asks for it. Throws to make that fail.</summary>
    public Action<string> Changing { get; set; } = _ => { };

    /// <summary>Asked before each read. Throws to make that fail.</summary>
    public Action Reading { get; set; } = () => { };

    public string PathOf(string name) => inner.PathOf(name);

    public bool Exists(string name) => inner.Exists(name);

    public IStoreFile Open(string name) => new FaultyFile(inner.Open(name), trouble, () => Changing(name), () => Reading());

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Sync() => inner.Sync();

    private sealed class FaultyFile(IStoreFile file, DiskTrouble trouble, Action changing, Action reading) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into)
        {
            reading();
            return trouble.Read is { } read ? throw read : file.Read(at, into);
        }

        public void Write(long at, ReadOnlySpan<byte> from)
        {
            changing();
            if (trouble.Write is { } write)
                throw write;
            if (from.Length > trouble.Room)
                throw DiskTrouble.Full;
            file.Write(at, from);
        }

        public void SetLength(long length)
        {
            changing();
            if (trouble.Write is { } write)
                throw write;
            file.SetLength(length);
        }

        public void Sync()
        {
            changing();
            file.Sync();
            if (trouble.Sync is { } sync)
                throw sync;
        }

        public void Dispose() => file.Dispose();
    }
}
