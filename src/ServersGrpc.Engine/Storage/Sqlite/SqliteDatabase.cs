using System.Reflection;
using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The database file: how it is opened, and how its schema is brought up to date.</summary>
internal sealed class SqliteDatabase(string file, TimeSpan busyTimeout)
{
    // "SrvG": tells the file from other programs' databases.
    private const int ApplicationId = 0x53727647;

    // User data, labels, keys and certificates, with what SQLite adds.
    private const int LargestServer = 192 * 1024;

    // The schema version from which on secrets are encrypted.
    private const int EncryptedSince = 5;

    private static readonly string[] Migrations = ReadMigrations();

    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = file,
        ForeignKeys = true,
        Pooling = false,
        // The driver's own wait for a lock, in whole seconds; its 0 is for ever.
        DefaultTimeout = Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)),
    }.ToString();

    public string File => file;

    /// <summary>Opens a connection on which a commit is on disk before it returns.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            Pragma(connection, $"busy_timeout = {(int)busyTimeout.TotalMilliseconds}");
            Pragma(connection, "synchronous = FULL");
            // What is deleted is overwritten.
            Pragma(connection, "secure_delete = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes or upgrades the schema; secrets that are still plain are encrypted, and leave no trace.</summary>
    /// <param name="source">Where the keys are. Asked for new ones only where the database needs none yet.</param>
    /// <returns>The keys, which are those of the database.</returns>
    /// <exception cref="StoreOpenException">The file is newer than this program, is not ours, or can't be used.</exception>
    /// <exception cref="EncryptionException">The keys can't be had, or are not those of the database.</exception>
    public KeyRing Prepare(IKeySource source)
    {
        try
        {
            MakePrivate();
            using var connection = Connect();
            var version = Version(connection);
            using var wal = new SqliteStatement(connection, "PRAGMA journal_mode = WAL");
            if (wal.Text() is not "wal")
                throw new StoreOpenException($"The database {file} can't use a write-ahead log there; use a local disk.");
            var check = version < EncryptedSince ? null : ReadKeyCheck(connection);
            var keys = source.Load(check?.Key);
            using (var cipher = new SecretCipher(keys))
            {
                check?.Verify(cipher, file);
                connection.CreateFunction("seal", (string uid, string field, byte[] value) => cipher.Seal(uid, field, value));
                // Pages that are still plain are set aside meanwhile: in memory, not in a file elsewhere.
                Pragma(connection, "temp_store = MEMORY");
                Migrate(connection, version);
                Pragma(connection, "temp_store = DEFAULT");
            }
            RemovePlainTraces(connection);
            return keys;
        }
        catch (SqliteException e)
        {
            throw new StoreOpenException($"The database {file} can't be opened: {SqliteFaults.AsUnavailable(e)?.Message ?? e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The database {file} can't be opened: {e.Message}", e);
        }
    }

    /// <summary>Writes as much as the largest server, and takes it back. Returns what stood against it; null when nothing did.</summary>
    public StoreUnavailableException? TryRoom()
    {
        try
        {
            // On a connection of its own: a failure leaves the writer's as it is.
            using var connection = Connect();
            using var take = new SqliteStatement(connection, "INSERT OR REPLACE INTO settings (key, value) VALUES ('room', ?1)");
            using var giveBack = new SqliteStatement(connection, "DELETE FROM settings WHERE key = 'room'");
            take.Execute(new string('.', LargestServer));
            giveBack.Execute();
            return null;
        }
        catch (Exception e)
        {
            return (e is SqliteException sqlite ? SqliteFaults.AsUnavailable(sqlite) : null) ?? new("The database can't be written.", e);
        }
    }

    /// <summary>Moves all of the log to the database, and leaves none of it behind.</summary>
    /// <exception cref="StoreUnavailableException">Another process reads the database, for as long as a lock is waited for.</exception>
    public void TruncateLog()
    {
        try
        {
            using var connection = Connect();
            TruncateLog(connection);
        }
        catch (SqliteException e) when (SqliteFaults.AsUnavailable(e) is { } unavailable)
        {
            throw unavailable;
        }
    }

    private static void TruncateLog(SqliteConnection connection)
    {
        // Says in its answer, and not by an error, that it was kept from it.
        if (Pragma(connection, "wal_checkpoint(TRUNCATE)") is not 0)
            throw new StoreUnavailableException("Another process reads the database.");
    }

    private static KeyCheck ReadKeyCheck(SqliteConnection connection)
    {
        using var settings = new SettingTable(connection);
        return KeyCheck.Read(settings.KeyCheck);
    }

    /// <summary>Done anew at every start until it was done to its end.</summary>
    private void RemovePlainTraces(SqliteConnection connection)
    {
        using var settings = new SettingTable(connection);
        if (!settings.HasPlainTraces)
            return;
        try
        {
            using (var vacuum = new SqliteStatement(connection, "VACUUM"))
                vacuum.Execute();
            TruncateLog(connection);
            settings.PlainTracesAreGone();
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreOpenException($"The database {file} holds traces of secrets that were not encrypted, and they can't be removed: {e.Message}", e);
        }
    }

    private int Version(SqliteConnection connection)
    {
        var version = (int)(Pragma(connection, "user_version") ?? 0);
        var application = Pragma(connection, "application_id");
        using var tables = new SqliteStatement(connection, "SELECT COUNT(*) FROM sqlite_schema");
        if (application != ApplicationId && (version > 0 || tables.Number() > 0))
            throw new StoreOpenException($"{file} is another program's database.");
        if (version > Migrations.Length)
        {
            throw new StoreOpenException(
                $"The database {file} has schema version {version}; this program knows versions up to {Migrations.Length}. Run the newer program.");
        }
        return version;
    }

    private static void Migrate(SqliteConnection connection, int version)
    {
        for (; version < Migrations.Length; version++)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"{Migrations[version]}\nPRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    // SQLite gives its side files the mode of the main file.
    private void MakePrivate()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(file, options);
    }

    private static long? Pragma(SqliteConnection connection, string pragma)
    {
        using var statement = new SqliteStatement(connection, $"PRAGMA {pragma}");
        return statement.Number();
    }

    private static string[] ReadMigrations()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read)];

        string Read(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }
}
