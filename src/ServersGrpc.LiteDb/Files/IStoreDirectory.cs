namespace ServersGrpc.LiteDb.Files;

/// <summary>The directory of a database.</summary>
internal interface IStoreDirectory
{
    /// <summary>The file's path, for messages.</summary>
    string PathOf(string name);

    bool Exists(string name);

    /// <summary>Opens a file, or creates one that only its owner may read.</summary>
    IStoreFile Open(string name);

    /// <summary>Creates a file that is not there yet, and that only its owner may read.</summary>
    IStoreFile Create(string name) => Exists(name) ? throw new IOException($"{PathOf(name)} is there already.") : Open(name);

    /// <summary>Renames a file over another.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file, if there is one.</summary>
    void Delete(string name);

    /// <summary>Returns when all that was created, renamed and removed is on disk.</summary>
    void Sync();
}
