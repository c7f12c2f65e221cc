using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Files;

/// <summary>A directory of the file system.</summary>
internal sealed class DiskDirectory(string path) : IStoreDirectory
{
    public string PathOf(string name) => Path.Combine(path, name);

    // Only what is certainly not there is absent: File.Exists also says so where a disk can't be read.
    public bool Exists(string name)
    {
        try
        {
            File.GetAttributes(Own(name));
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    public IStoreFile Open(string name) => new DiskFile(Own(name));

    // In one step: where others may write, they could put a link there before it is made.
    public IStoreFile Create(string name) => new DiskFile(PathOf(name), FileMode.CreateNew);

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Sync() => DirectoryFlush.Of(path);

    // The mode and the lock of the directory don't protect what is elsewhere, a renaming replaces the link, and one that leads nowhere, such as to a
    // disk that is not mounted, looks like a database that was never made. A link to the directory itself is fine.
    private string Own(string name)
    {
        var file = PathOf(name);
        return new FileInfo(file).LinkTarget is null
            ? file
            : throw new StoreOpenException($"{file} is a symbolic link, which is not followed. Put the file itself there.");
    }
}
