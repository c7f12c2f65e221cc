using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.LiteDb.Reading;

namespace ServersGrpc.LiteDb;

/// <summary>Puts a backup where a database was.</summary>
public static class LiteRestore
{
    private const int PageSize = 500;

    /// <summary>Copies a backup into a data directory that holds no database. The backup stays as it is.</summary>
    /// <param name="backup">What <see cref="IStoreBackup"/> made.</param>
    /// <param name="directory">The data directory. That this process holds it proves that no service runs on it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreOpenException">The backup is not whole, or there is a database. The data directory is as it was.</exception>
    /// <exception cref="IOException">The backup can't be read, or the database can't be written. There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The one may not be read, or the other may not be written.</exception>
    public static void Run(string backup, DataDirectory directory, CancellationToken cancellationToken)
    {
        backup = Path.GetFullPath(backup);
        using var file = new DiskFile(backup, FileMode.Open, FileAccess.Read);
        Run(file, backup, new DiskDirectory(directory.Path), cancellationToken);
    }

    internal static void Run(IStoreFile backup, string path, IStoreDirectory directory, CancellationToken cancellationToken)
    {
        CheckEmpty(directory);
        try
        {
            if (DataFileCheck.ReadFirst(backup, path, "Name a backup of this service.").Generation > 0)
                throw new StoreOpenException($"{path} is the file of a database that was not closed, and lacks what is in its log. It is not a backup.");
            // Left by a restoring that was cut off.
            directory.Delete(NewFile.Aside(StorageOptions.FileName));
            NewFile.Make(
                directory, StorageOptions.FileName,
                target => DataFileCopy.Run(backup, path, target, directory.PathOf(StorageOptions.FileName), cancellationToken.ThrowIfCancellationRequested),
                aside => LiteFile.Check(directory, aside, copy => CheckDocuments(copy, path, cancellationToken)));
        }
        catch (DamagedFileException e)
        {
            throw new StoreOpenException($"{path} is damaged: {e.What}. Restore another backup.", e);
        }
    }

    private static void CheckEmpty(IStoreDirectory directory)
    {
        foreach (var name in (string[])[StorageOptions.FileName, LiteFile.LogOf(StorageOptions.FileName)])
        {
            if (directory.Exists(name))
                throw new StoreOpenException($"{directory.PathOf(name)} is there. Move it away to restore a backup.");
        }
        if (directory.Exists(Earlier.FileName))
            throw Earlier.Refused(directory.PathOf(Earlier.FileName));
    }

    /// <summary>Reads all there is, for its sums.</summary>
    private static void CheckDocuments(LiteFile file, string path, CancellationToken cancellationToken)
    {
        foreach (var collection in Collections.All)
        {
            for (var after = BsonValue.MinValue; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = file.Engine.After(path, collection, after, PageSize);
                if (page.Count < PageSize)
                    break;
                after = page[^1][StoredDocument.Id];
            }
        }
    }
}
