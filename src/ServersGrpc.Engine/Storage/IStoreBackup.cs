namespace ServersGrpc.Engine.Storage;

/// <summary>Copies of the database.</summary>
public interface IStoreBackup
{
    /// <summary>
    /// Copies the database, with all that was acknowledged before the call, to a file that only its owner may read. Writes go on meanwhile. The
    /// secrets in it stay encrypted: without the key that they are under, it is of no use.
    /// </summary>
    /// <param name="path">A file that is not there yet, outside of the data directory. It appears when all of it is on disk.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It can't be written there, or the database is damaged. Nothing of it is left.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    /// <exception cref="StoreOpenException">The path is a symbolic link.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The database failed or was closed meanwhile, or so much was written that it could not wait for the copy. Nothing of it is left.
    /// </exception>
    Task BackUpAsync(string path, CancellationToken cancellationToken);
}
