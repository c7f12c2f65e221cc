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

    private readonly SqliteStatement _get = new(connection, "SELECT value FROM settings WHERE key = ?1");

    private readonly SqliteStatement _set = new(connection, """
        INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """);

    /// <summary>Identifies this installation; null before its first start.</summary>
    public string? InstallationId
    {
        get => Get(InstallationIdKey);
        set => _set.Execute(InstallationIdKey, value);
    }

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
    }

    private string? Get(string key) => _get.Text(key);

    private long Number(string key) => long.Parse(Get(key) ?? "0", CultureInfo.InvariantCulture);
}
