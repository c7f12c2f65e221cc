using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>A directory that says of some writes that they are on disk without waiting for it.</summary>
internal sealed class UnsyncedDirectory(IStoreDirectory disk, SkippedSyncs skipped) : IStoreDirectory
{
    private const string Log = StorageOptions.FileName + "-log";

    /// <summary>Whether the store is open.</summary>
    public bool IsOpened { get; set; }

    public string PathOf(string name) => disk.PathOf(name);

    public bool Exists(string name) => disk.Exists(name);

    public IStoreFile Open(string name) => new UnsyncedFile(disk.Open(name), name switch
    {
        Log => () => IsOpened && skipped == SkippedSyncs.OfCommits,
        StorageOptions.FileName => () => skipped == SkippedSyncs.OfCheckpoints,
        _ => () => false,
    });

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Delete(string name) => disk.Delete(name);

    public void Sync()
    {
        if (skipped != SkippedSyncs.OfNames)
            disk.Sync();
    }

    private sealed class UnsyncedFile(IStoreFile file, Func<bool> isSkipped) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long at, Span<byte> into) => file.Read(at, into);

        public void Write(long at, ReadOnlySpan<byte> from) => file.Write(at, from);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            if (!isSkipped())
                file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
