using Microsoft.Extensions.Logging;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>The key file of the data directory: made at first start, and nobody else's to change.</summary>
internal sealed class OwnKeyFile(string path, ILogger logger) : IKeySource
{
    public const string FileName = "encryption.key";

    private readonly KeyFile _file = new(path, $"the key file {path}");

    public KeyRing Load(KeyId? needed)
    {
        if (_file.Exists)
        {
            _file.RemoveUnfinished();
            return _file.Read();
        }
        // A new key would open nothing, and pass for the right one ever after.
        if (needed is { } id)
        {
            throw new EncryptionException(
                $"The key file {path} is missing, and the database beside it is encrypted under key {id}. Put the file back, from where it is backed up.");
        }
        var made = _file.Write([EncryptionKey.Make()]);
        StoreLog.KeyMade(logger, path);
        return made;
    }

    /// <exception cref="EncryptionException">It is a link, or can't be written.</exception>
    public KeyRing Renew(KeyRing present) => new FileInfo(path).LinkTarget is { } elsewhere
        // The new key would stand here, and whoever keeps the old one there would have nothing.
        ? throw new EncryptionException($"The key file {path} is a link to {elsewhere}. Name that file in Servers:Encryption:KeyFile, and put the new key into it.")
        : _file.Write([EncryptionKey.Make(), .. present.Keys]);

    public KeyRing Retire(KeyRing renewed) => _file.Write([renewed.First]);
}
