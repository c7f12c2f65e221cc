using System.Globalization;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

/// <summary>Databases from before secrets were encrypted.</summary>
public sealed class EncryptionUpgradeTests : IDisposable
{
    private readonly EncryptedStore _files = new();

    [Fact]
    public async Task Open_PlainDatabase_IsEncryptedAndNothingPlainIsLeft()
    {
        MakePlain("one", "two", "goes");
        // As a service that was killed leaves it: the last of it in the log alone.
        KilledAfter("PRAGMA secure_delete = OFF", "DELETE FROM servers WHERE name = 'goes'", Insert("late"));
        string[] all = ["one", "two", "late", "goes"];
        Assert.All(all, name => Assert.NotEmpty(_files.FilesWith(EncryptedStore.Secrets(name))));
        Assert.NotEmpty(_files.FilesWith(EncryptedStore.Secrets("late")).Intersect(["servers.db-wal"]));

        _files.Open();

        Assert.Empty(_files.FilesWith(all.SelectMany(EncryptedStore.Secrets)));
        await _files.AssertHoldsAsync("one", "two", "late");
        await _files.AddAsync("new");
        _files.Open();
        Assert.Empty(_files.FilesWith(all.Append("new").SelectMany(EncryptedStore.Secrets)));
        await _files.AssertHoldsAsync("one", "two", "late", "new");
    }

    [Fact]
    public async Task Open_UpgradeKilledBeforeItsEnd_RemovesTheTracesLater()
    {
        MakePlain("one");
        _files.Open();
        _files.Close();
        // What was plain is still in pages that nothing uses.
        _files.Run("""
            PRAGMA secure_delete = OFF;
            INSERT INTO settings (key, value) VALUES ('plain_traces', 'true');
            CREATE TABLE credentials_of_before (secret TEXT);
            """);
        _files.Run("INSERT INTO credentials_of_before VALUES ($value)", EncryptedStore.Bytes("one", "secret"));
        _files.Run("PRAGMA secure_delete = OFF; DROP TABLE credentials_of_before");
        Assert.NotEmpty(_files.FilesWith(EncryptedStore.Secrets("one")));

        _files.Open();

        Assert.Empty(_files.FilesWith(EncryptedStore.Secrets("one")));
        await _files.AssertHoldsAsync("one");
        Assert.Equal(0L, Number("SELECT COUNT(*) FROM settings WHERE key = 'plain_traces'"));
    }

    [Fact]
    public async Task Open_WhileAnotherProcessReads_IsRefusedUntilTheTracesCanBeRemoved()
    {
        MakePlain("one");
        using (var other = _files.Connect())
        {
            using var reading = other.BeginTransaction(deferred: true);
            using var read = other.CreateCommand();
            read.CommandText = "SELECT COUNT(*) FROM servers";
            read.ExecuteScalar();

            Assert.Contains("locked by another process", _files.Refused());
        }
        _files.Run("PRAGMA journal_mode = WAL");
        using (var other = _files.Connect())
        {
            using var reading = other.BeginTransaction(deferred: true);
            using var read = other.CreateCommand();
            read.CommandText = "SELECT COUNT(*) FROM servers";
            read.ExecuteScalar();

            Assert.Equal(
                $"The database {_files.DatabaseFile} holds traces of secrets that were not encrypted, and they can't be removed: "
                + "Another process reads the database.", _files.Refused());
        }

        _files.Open();
        Assert.Empty(_files.FilesWith(EncryptedStore.Secrets("one")));
        await _files.AssertHoldsAsync("one");
    }

    [Fact]
    public async Task Open_KeyFromAnEarlierTry_IsTaken()
    {
        MakePlain("one");
        var key = _files.NewKey();
        _files.WriteKeys("encryption.key", key);

        _files.Open();

        Assert.Equal([key], File.ReadAllLines(_files.KeyFile));
        await _files.AssertHoldsAsync("one");
    }

    [Fact]
    public void Open_PlainDatabaseWithoutUsableKey_IsLeftAsItWas()
    {
        MakePlain("one");
        _files.Options.KeyFile = _files.File("nowhere");

        _files.Refused();

        Assert.Equal(4L, Number("PRAGMA user_version"));
        Assert.NotEmpty(_files.FilesWith(EncryptedStore.Secrets("one")));
    }

    [Fact]
    public void Open_NewDatabase_HasNoTracesToRemove()
    {
        _files.Open();

        Assert.Equal(0L, Number("SELECT COUNT(*) FROM settings WHERE key = 'plain_traces'"));
    }

    public void Dispose() => _files.Dispose();

    private void MakePlain(params string[] names) => EarlierDatabase.Make(
        _files.DatabaseFile, version: 4,
        ["INSERT INTO settings (key, value) VALUES ('installation_id', 'ours'), ('revision', '12')", .. names.Select(Insert)]);

    private static string Insert(string name)
    {
        var server = EncryptedStore.New(name);
        return $"""
            INSERT INTO servers (uid, name, provider, state, instance_id, image, region, size, platform, address, capacity, error, labels,
                request_id, request_digest, created, updated, version, revision, create_is_open, attempts, probes)
            VALUES ('{server.Uid}', '{name}', 'scripted', 'running', '', '', '', '', '', '', 1, '', '{"{}"}',
                '{server.RequestId}', '{server.RequestDigest}', 1, 1, 1, 1, 0, 0, 0);
            INSERT INTO credentials (uid, secret, ca_key, ca_cert, tls_key, tls_cert, user_data) VALUES ('{server.Uid}', '{server.Secret}',
                x'{Hex(server.Credentials.CaKey)}', x'{Hex(server.Credentials.CaCertificate)}', x'{Hex(server.Credentials.TlsKey)}',
                x'{Hex(server.Credentials.TlsCertificate)}', '{server.UserData}');
            """;
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    /// <summary>Runs statements and takes the files as they are before anything was closed.</summary>
    private void KilledAfter(params string[] statements)
    {
        using var copies = new TemporaryDirectory();
        using (var connection = _files.Connect())
        {
            foreach (var sql in (string[])["PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = ON", .. statements])
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }
            foreach (var name in (string[])["servers.db", "servers.db-wal"])
                File.Copy(_files.File(name), copies.File(name));
        }
        foreach (var name in (string[])["servers.db", "servers.db-wal"])
            File.Copy(copies.File(name), _files.File(name), overwrite: true);
    }

    private long Number(string sql)
    {
        using var connection = _files.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
