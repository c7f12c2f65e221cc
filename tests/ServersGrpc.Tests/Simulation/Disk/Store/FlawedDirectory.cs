using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.Simulation.Disk.Store;

/// <summary>A directory that does not do what the store relies on. It is about the log only, which every write goes through.</summary>
internal sealed class FlawedDirectory(IStoreDirectory inner, DiskFlaw flaw) : IStoreDirectory
{
    private const string LogName = StorageOptions.FileName + "-log";

    private bool _isBroken;

    private DiskFlaw Flaw => flaw;

    public string PathOf(string name) => inner.PathOf(name);

    public bool Exists(string name) => inner.Exists(name);

    public IStoreFile Open(string name) => name == LogName ? new FlawedFile(this, inner.Open(name)) : inner.Open(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Sync() => inner.Sync();

    private sealed class FlawedFile(FlawedDirectory directory, IStoreFile file) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into) => file.Read(at, into);

        public void Write(long at, ReadOnlySpan<byte> from)
        {
            if (directory._isBroken)
                throw new IOException("The disk stays broken.");
            file.Write(at, from);
        }

        public void SetLength(long length)
        {
            if (length >= file.Length || directory.Flaw != DiskFlaw.DoesNotCutLogs)
                file.SetLength(length);
        }

        public void Sync()
        {
            try
            {
                if (directory.Flaw != DiskFlaw.DoesNotSyncLogs)
                    file.Sync();
            }
            catch (IOException) when (directory.Flaw == DiskFlaw.StaysBroken)
            {
                directory._isBroken = true;
                throw;
            }
        }

        public void Dispose() => file.Dispose();
    }
}
