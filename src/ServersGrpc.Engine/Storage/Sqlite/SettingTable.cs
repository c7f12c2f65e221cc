using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The table settings, on the writing connection.</summary>
internal sealed class SettingTable(SqliteConnection connection) : IDisposable
{
    private const string InstallationIdKey = "installation_id";
    private const string RevisionKey = "revision";
    private const string ForgottenKey = "forgotten_revision";
    private const string PausedKey = "paused";
    private const string KeyCheckKey = "key_check";
    private const string PlainTracesKey = "plain_traces";

    private readonly SqliteStatement _get = new(connection, "SELECT value FROM settings WHERE key = ?1");

    private readonly SqliteStatement _set = new(connection, """
        INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """);

    private readonly SqliteStatement _remove = new(connection, "DELETE FROM settings WHERE key = ?1");

    /// <summary>Identifies this installation; null before its first start.</summary>
    public string? InstallationId
    {
        get => Get(InstallationIdKey);
        set => _set.Execute(InstallationIdKey, value);
    }

    /// <summary>Tells the right encryption key from a wrong one; null before secrets were encrypted.</summary>
    public string? KeyCheck
    {
        get => Get(KeyCheckKey);
        set => _set.Execute(KeyCheckKey, value);
    }

    /// <summary>Whether the file may still hold what was deleted from it before secrets were encrypted.</summary>
    public bool HasPlainTraces => Get(PlainTracesKey) is not null;

    public void PlainTracesAreGone() => _remove.Execute(PlainTracesKey);

    public StoreSettings Read() => new(Number(RevisionKey), Number(ForgottenKey), Get(PausedKey) == "true");

    /// <summary>Writes what differs.</summary>
    public void Write(StoreSettings before, StoreSettings after)
    {
        if (after.Revision != before.Revision)
            _set.Execute(RevisionKey, after.Revision.ToString(CultureInfo.InvariantCulture));
        if (after.Forgotten != before.Forgotten)
            _set.Execute(ForgottenKey, after.Forgotten.ToString(CultureInfo.InvariantCulture));
        if (after.Paused != before.Paused)
            _set.Execute(PausedKey, after.Paused ? "true" : "false");
    }

    public void Dispose()
    {
        _get.Dispose();
        _set.Dispose();
        _remove.Dispose();
    }

    private string? Get(string key) => _get.Text(key);

    private long Number(string key) => long.Parse(Get(key) ?? "0", CultureInfo.InvariantCulture);
}
