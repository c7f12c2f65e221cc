using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// An open file of a <see cref="SimulatedDisk"/>. Reads answer even after power was lost: the machine that reads is off, and an engine that
/// lets go of its files must not meet errors that no machine has.
/// </summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string name, FileContent content) : IStoreFile
{
    private const int Sector = 512;

    private bool _isDisposed;

    public long Length
    {
        get
        {
            lock (disk.Lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return content.Length;
            }
        }
    }

    public int Read(long at, Span<byte> into)
    {
        lock (disk.Lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(at);
            return content.Read(at, into);
        }
    }

    public void Write(long at, ReadOnlySpan<byte> from)
    {
        lock (disk.Lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(at);
            var operation = new DiskOperation(DiskOperationKind.Write, name, at, from.Length);
            var isLast = disk.Power.Cuts(operation);
            // A write that fails may have written its first sectors.
            if (disk.Faults.Hits(operation))
            {
                content.Write(at, from[..ShortLength(at, from.Length)]);
                throw DiskFaults.NoSpace(disk.PathOf(name));
            }

            if (at + from.Length > content.Length && disk.Faults.LacksRoom(operation))
            {
                content.Write(at, from[..(int)Math.Max(0, content.Length - at)]);
                throw DiskFaults.NoSpace(disk.PathOf(name));
            }

            content.Write(at, from);
            if (isLast)
                throw new PowerLostException();
        }
    }

    public void SetLength(long length)
    {
        lock (disk.Lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            var operation = new DiskOperation(DiskOperationKind.SetLength, name, Count: length);
            var isLast = disk.Power.Cuts(operation);
            if (disk.Faults.Hits(operation))
                throw DiskFaults.InputOutput(disk.PathOf(name));
            if (length > content.Length && disk.Faults.LacksRoom(operation))
                throw DiskFaults.NoSpace(disk.PathOf(name));
            content.SetLength(length);
            if (isLast)
                throw new PowerLostException();
        }
    }

    public void Sync()
    {
        lock (disk.Lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var operation = new DiskOperation(DiskOperationKind.Sync, name);
            if (disk.Power.Cuts(operation))
                throw new PowerLostException();
            if (disk.Faults.Hits(operation))
            {
                if (disk.Random.Next(2) == 0)
                    content.Forget(disk.DrawMode(), disk.Branch());
                throw DiskFaults.InputOutput(disk.PathOf(name));
            }

            content.Sync();
        }
    }

    public void Dispose()
    {
        lock (disk.Lock)
            _isDisposed = true;
    }

    private int ShortLength(long at, int length)
    {
        var drawn = disk.Random.Next(length + 1);
        return drawn == length ? length : (int)Math.Max(0, ((at + drawn) / Sector * Sector) - at);
    }
}
