using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Files;

/// <summary>A directory of the file system.</summary>
internal sealed class DiskDirectory(string path) : IStoreDirectory
{
    public string PathOf(string name) => Path.Combine(path, name);

    public bool Exists(string name) => File.Exists(Own(name));

    public IStoreFile Open(string name) => new DiskFile(Own(name));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Sync() => DirectoryFlush.Of(path);

    // The mode and the lock of the directory don't protect what is elsewhere, a renaming replaces the link, and one that leads nowhere, such as to a
    // disk that is not mounted, looks like a database that was never made.
    private string Own(string name)
    {
        var file = PathOf(name);
        return new FileInfo(file).LinkTarget is null
            ? file
            : throw new StoreOpenException($"{file} is a symbolic link. Put the file itself there, or set Servers:DataDirectory to its directory.");
    }
}
