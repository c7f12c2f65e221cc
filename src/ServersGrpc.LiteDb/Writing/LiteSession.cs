using LiteDB;
using LiteDB.Engine;
using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.Engine.Storage.Rules;
using ServersGrpc.LiteDb.Documents;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.LiteDb.Reading;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>The database, open for writing, and all that it holds of servers in memory. Of the writer's thread; after a failure there is another.</summary>
internal sealed class LiteSession : IDisposable
{
    // One query over many documents takes as much memory as they do, and keeps it.
    private const int PageSize = 500;

    private readonly SecretCipher _cipher;
    private bool _mayCompact = true;

    private LiteSession(LiteFile file, SecretCipher cipher, ServerBook book, StoreSettings settings, string installationId)
    {
        (File, _cipher, Book, Settings, InstallationId) = (file, cipher, book, settings, installationId);
    }

    public LiteFile File { get; private set; }

    public LiteEngine Engine => File.Engine;

    public SecretCipher Cipher => _cipher;

    public ServerBook Book { get; }

    /// <summary>Whether LiteDB has ended its engine, as it does when a page is not what it takes it for. Not within a transaction.</summary>
    public bool IsLost
    {
        get
        {
            try
            {
                // There is nothing to commit; an engine that has ended says so first.
                Engine.Commit();
                return false;
            }
            catch (Exception e) when (LiteFaults.AsUnavailable(e) is not null)
            {
                return true;
            }
        }
    }

    /// <summary>As committed.</summary>
    public StoreSettings Settings { get; set; }

    /// <summary>"" before the first start is over.</summary>
    public string InstallationId { get; }

    /// <summary>Opens the database, or makes one, and reads it.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The data file.</param>
    /// <param name="installation">The installation of the database that was open before, which must be the same; "": any, and a missing one is made.</param>
    /// <param name="keys">Gives the keys, which must have the one that is asked for; null: the database needs none yet.</param>
    /// <exception cref="StoreOpenException">It is not a whole database of this service. The files are as they were.</exception>
    /// <exception cref="EncryptionException">It is encrypted under a key that is not there.</exception>
    public static LiteSession Open(IStoreDirectory directory, string name, string installation, Func<KeyId?, KeyRing> keys)
    {
        SecretCipher? cipher = null;
        try
        {
            var (book, settings, installationId) = (new ServerBook(), new StoreSettings(0, 0, false), "");
            var file = LiteFile.Open(directory, name, installation.Length > 0 ? null : Collections.Make, opened =>
            {
                var database = ReadDatabase(opened);
                installationId = database.InstallationId;
                // With the servers of another database in memory, this service would take its own machines for orphans.
                if (installation.Length > 0 && installationId != installation)
                    throw new StoreOpenException($"{opened.Path} is not the database that this service began with. Put that one back, or start the service again.");
                var check = installationId.Length > 0 ? KeyCheck.Read(database.KeyCheck) : null;
                cipher = new(keys(check?.Key));
                check?.Verify(cipher, opened.Path);
                settings = ReadSettings(opened);
                ReadServers(opened, cipher, book);
                if (installationId.Length == 0 && book.All.Any())
                    throw new DamagedFileException(opened.Path, "it has servers, but does not say of which installation");
            });
            return new(file, cipher!, book, settings, installationId);
        }
        catch
        {
            cipher?.Dispose();
            throw;
        }
    }

    /// <summary>Whether more than half of a large data file is free.</summary>
    /// <param name="least">How many bytes it has at least.</param>
    /// <param name="most">How many bytes of it are in use at most.</param>
    public bool IsSparse(long least, long most = long.MaxValue)
    {
        var (all, free) = (File.Pages * PageStream.PageSize, File.FreePages * PageStream.PageSize);
        return _mayCompact && all > least && free * 2 > all && all - free <= most;
    }

    /// <summary>Gives the free pages of the data file back to the disk. Nobody reads meanwhile.</summary>
    public void Compact(TimeProvider time, ILogger logger)
    {
        var (began, before) = (time.GetTimestamp(), File.Pages);
        File = File.Compact(Collections.Make, failure =>
        {
            // As long as the disk is short of room, each attempt would only take time from others.
            _mayCompact = false;
            StoreLog.NotCompacted(logger, File.Path, failure.Message);
        });
        if (_mayCompact)
            StoreLog.Compacted(logger, File.Path, before * PageStream.PageSize, File.Pages * PageStream.PageSize, time.GetElapsedTime(began));
    }

    public void Dispose()
    {
        File.Dispose();
        _cipher.Dispose();
    }

    private static (long Format, string InstallationId, string KeyCheck) ReadDatabase(LiteFile file)
    {
        if (file.Engine.Find(file.Path, Collections.Facts, FactDocument.Database) is not { } document)
            return (FactDocument.KnownFormat, "", "");
        var database = FactDocument.ReadDatabase(document);
        return database.Format == FactDocument.KnownFormat
            ? database
            : throw new StoreOpenException(
                $"{file.Path} has format {database.Format}; this program knows format {FactDocument.KnownFormat}. Run the program that wrote it.");
    }

    private static StoreSettings ReadSettings(LiteFile file)
    {
        var state = file.Engine.Find(file.Path, Collections.Facts, FactDocument.State);
        var settings = state is null ? new(0, 0, false) : FactDocument.ReadState(state);
        return settings with { Revision = Math.Max(settings.Revision, Math.Max(LastRevision(Collections.Events), LastRevision(Collections.Notes))) };

        long LastRevision(string collection) => file.Engine.Last(file.Path, collection)?[StoredDocument.Id].AsInt64 ?? 0;
    }

    private static void ReadServers(LiteFile file, SecretCipher cipher, ServerBook book)
    {
        var after = new BsonValue("");
        while (true)
        {
            var servers = file.Engine.After(file.Path, Collections.Servers, after, PageSize);
            if (servers.Count > 0)
            {
                var credentials = file.Engine.Between(file.Path, Collections.Credentials, servers[0][StoredDocument.Id], servers[^1][StoredDocument.Id]);
                // Both in the order of uids.
                if (credentials.Count != servers.Count)
                    throw new DamagedFileException(file.Path, "servers and their credentials do not match");
                foreach (var (server, secrets) in servers.Zip(credentials))
                    book.Set(null, Read(file, server, secrets, cipher));
                after = servers[^1][StoredDocument.Id];
            }
            if (servers.Count < PageSize)
                break;
        }
        book.Keep();
    }

    private static ServerRecord Read(LiteFile file, BsonDocument server, BsonDocument secrets, SecretCipher cipher) =>
        server[StoredDocument.Id] == secrets[StoredDocument.Id]
            ? CredentialDocument.AddTo(ServerDocument.Read(server), secrets, cipher)
            : throw new DamagedFileException(file.Path, $"server {server[StoredDocument.Id].AsString} lacks its credentials");
}
