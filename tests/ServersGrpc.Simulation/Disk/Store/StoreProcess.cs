using System.Buffers.Binary;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>A process with an open store, until it is stopped or killed.</summary>
internal sealed class StoreProcess
{
    private const string LogName = StorageOptions.FileName + "-log";
    private static readonly ServerRecord Probe = new() { Uid = "probe", Name = "probe", Provider = "local", Credentials = ServerCredentials.None, Created = default };

    private readonly StoreMount _mount;
    private readonly RunMeters _meters = new();
    private readonly LiteDbStore _store;

    /// <summary>Starts one. Throws what the store throws.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="keys">The keys, which are not on it.</param>
    /// <param name="installationId">The id to take at first start; later "".</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">Reads what the store logs.</param>
    public StoreProcess(IStoreDirectory disk, IKeySource keys, string installationId, StorageOptions options, TimeProvider time, StoreJournal journal)
    {
        _mount = new(disk);
        try
        {
            _store = LiteDbStore.Open(_mount, keys, installationId, options, time, new(_meters), journal);
        }
        catch
        {
            _meters.Dispose();
            throw;
        }
    }

    public IStorageEngine Store => _store;

    public bool IsInCheckpoint => _mount.LastWritten == StorageOptions.FileName;

    /// <summary>Waits until the writer has nothing to do: a checkpoint may follow what was acknowledged. Returns why writes fail.</summary>
    public StoreUnavailableException? Pause()
    {
        try
        {
            _ = _store.TryAddAsync(Probe, new(int.MaxValue), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return null;
        }
        catch (StoreUnavailableException e)
        {
            return e;
        }
    }

    /// <summary>Stops it cleanly.</summary>
    public void Stop()
    {
        _store.Dispose();
        // The store tells no one of a failure: the next start finds the log.
        var isStopped = !_mount.Exists(LogName);
        Kill();
        if (!isStopped)
            throw new IOException("The store is not closed: its log is there.");
    }

    /// <summary>Kills it: it writes nothing more.</summary>
    public void Kill()
    {
        _mount.End();
        _store.Dispose();
        _meters.Dispose();
    }

    /// <summary>Whether the disk holds anything that is encrypted under a key: all of that begins with the key's id.</summary>
    public bool HoldsAnyUnder(KeyId key)
    {
        var id = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(id, key.Value);
        return new[] { StorageOptions.FileName, LogName }.Where(_mount.Exists).Any(name =>
        {
            using var file = _mount.Open(name);
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            return bytes.AsSpan().IndexOf(id) >= 0;
        });
    }
}
