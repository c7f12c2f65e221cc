using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Files;

/// <summary>A directory of the file system.</summary>
internal sealed class DiskDirectory(string path) : IStoreDirectory
{
    public string PathOf(string name) => Path.Combine(path, name);

    public bool Exists(string name) => File.Exists(PathOf(name));

    public IStoreFile Open(string name) => new DiskFile(PathOf(name));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Sync() => DirectoryFlush.Of(path);
}
