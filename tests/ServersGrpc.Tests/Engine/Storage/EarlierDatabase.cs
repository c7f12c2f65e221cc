using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Tests.Engine.Storage;

/// <summary>Databases as programs of earlier schema versions made them.</summary>
internal static class EarlierDatabase
{
    /// <param name="file">Where to make it.</param>
    /// <param name="version">The schema version.</param>
    /// <param name="content">SQL that fills it.</param>
    public static void Make(string file, int version, params IReadOnlyList<string> content)
    {
        var engine = typeof(SqliteServerStore).Assembly;
        var scripts = engine.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(version);
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        foreach (var sql in (string[])[.. scripts.Select(Read), $"PRAGMA application_id = {0x53727647}; PRAGMA user_version = {version}", .. content])
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        string Read(string name)
        {
            using var reader = new StreamReader(engine.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }
}
