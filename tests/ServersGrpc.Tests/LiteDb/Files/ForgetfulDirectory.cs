using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>A directory that says of some of its files that they are synced, and does nothing for it.</summary>
/// <param name="inner">The directory.</param>
/// <param name="forgets">The file's name; "." for the directory itself.</param>
internal sealed class ForgetfulDirectory(IStoreDirectory inner, string forgets) : IStoreDirectory
{
    public const string Itself = ".";

    public string PathOf(string name) => inner.PathOf(name);

    public bool Exists(string name) => inner.Exists(name);

    public IStoreFile Open(string name) => name == forgets ? new ForgetfulFile(inner.Open(name)) : inner.Open(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Sync()
    {
        if (forgets != Itself)
            inner.Sync();
    }

    private sealed class ForgetfulFile(IStoreFile file) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into) => file.Read(at, into);

        public void Write(long at, ReadOnlySpan<byte> from) => file.Write(at, from);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
        }

        public void Dispose() => file.Dispose();
    }
}
