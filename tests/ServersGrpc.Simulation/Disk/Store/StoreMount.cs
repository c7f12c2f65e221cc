using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>
/// A disk as one process has it. Once the process has ended nothing of it is written any more, by any of its threads; the disk itself goes on.
/// </summary>
internal sealed class StoreMount(IStoreDirectory disk) : IStoreDirectory
{
    private readonly Lock _lock = new();
    private bool _hasEnded;

    /// <summary>The file that was written last; empty: none was.</summary>
    public string LastWritten { get; private set; } = "";

    public string PathOf(string name) => disk.PathOf(name);

    public bool Exists(string name) => disk.Exists(name);

    public IStoreFile Open(string name)
    {
        lock (_lock)
        {
            ThrowIfEnded();
            return new MountedFile(this, name, disk.Open(name));
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            ThrowIfEnded();
            disk.Rename(from, to);
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            ThrowIfEnded();
            disk.Delete(name);
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            ThrowIfEnded();
            disk.Sync();
        }
    }

    /// <summary>Ends the process. What it is doing on the disk at this moment is done when this returns.</summary>
    public void End()
    {
        lock (_lock)
            _hasEnded = true;
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded)
            throw new IOException("The process has ended.");
    }

    private sealed class MountedFile(StoreMount mount, string name, IStoreFile file) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into) => file.Read(at, into);

        public void Write(long at, ReadOnlySpan<byte> from)
        {
            lock (mount._lock)
            {
                mount.ThrowIfEnded();
                file.Write(at, from);
                mount.LastWritten = name;
            }
        }

        public void SetLength(long length)
        {
            lock (mount._lock)
            {
                mount.ThrowIfEnded();
                file.SetLength(length);
                mount.LastWritten = name;
            }
        }

        public void Sync()
        {
            lock (mount._lock)
            {
                mount.ThrowIfEnded();
                file.Sync();
                mount.LastWritten = name;
            }
        }

        public void Dispose() => file.Dispose();
    }
}
