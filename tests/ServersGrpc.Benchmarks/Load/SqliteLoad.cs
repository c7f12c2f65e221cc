using Microsoft.Data.Sqlite;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>A database that others take: SQLite with a write-ahead log that is waited for at each commit. A unit is two rows as large as ours.</summary>
internal static class SqliteLoad
{
    private const string Make = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE servers (uid TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
        CREATE TABLE events (revision INTEGER PRIMARY KEY, name TEXT, value BLOB);
        CREATE INDEX events_name ON events (name);
        """;

    private const string Insert = "INSERT INTO servers VALUES ($uid, $server); INSERT INTO events (name, value) VALUES ($uid, $event)";

    public static async Task<StoreRun> RunAsync(int callers)
    {
        using var directory = new RunDirectory();
        await using var database = new SqliteConnection($"Data Source={directory.File("sqlite.db")};Pooling=false");
        database.Open();
        await using var make = database.CreateCommand();
        make.CommandText = Make;
        make.ExecuteNonQuery();
        await using var insert = database.CreateCommand();
        insert.CommandText = Insert;
        var uid = insert.Parameters.Add("$uid", SqliteType.Text);
        insert.Parameters.AddWithValue("$server", new byte[StoreLoad.UnitLength - 512]);
        insert.Parameters.AddWithValue("$event", new byte[512]);
        using var commits = new GroupCommit(count =>
        {
            using var transaction = database.BeginTransaction();
            insert.Transaction = transaction;
            for (var i = 0; i < count; i++)
            {
                uid.Value = Guid.NewGuid().ToString("N");
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        });
        return await Writers.RunAsync(callers, commits.WriteAsync);
    }
}
