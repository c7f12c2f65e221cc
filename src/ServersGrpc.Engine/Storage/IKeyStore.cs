namespace ServersGrpc.Engine.Storage;

/// <summary>The keys that secrets are encrypted under.</summary>
public interface IKeyStore
{
    /// <summary>
    /// Encrypts the secrets of all servers under another key, while everything else goes on: a new one, where the key file is the data
    /// directory's own; otherwise the first key of the file that is configured, read again, or of the variable, as it was at start. May be
    /// repeated when it failed or was ended.
    /// </summary>
    /// <returns>How many servers were not encrypted under that key before.</returns>
    /// <exception cref="Encryption.EncryptionException">The keys can't be had, or don't open what is there; nothing in the database was changed then.</exception>
    Task<int> RotateKeyAsync(CancellationToken cancellationToken);
}
