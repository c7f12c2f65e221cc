using Microsoft.Data.Sqlite;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>A database that others take: SQLite with a write-ahead log that is waited for at each commit. A unit is three rows as large as ours.</summary>
internal static class SqliteLoad
{
    private const int Short = 600;

    private const string Make = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE servers (uid TEXT PRIMARY KEY, name TEXT UNIQUE, value BLOB);
        CREATE TABLE credentials (uid TEXT PRIMARY KEY, value BLOB);
        CREATE TABLE events (revision INTEGER PRIMARY KEY, name TEXT, value BLOB);
        CREATE INDEX events_name ON events (name);
        """;

    private const string Insert = """
        INSERT INTO servers VALUES ($uid, $uid, $short); INSERT INTO credentials VALUES ($uid, $long);
        INSERT INTO events (name, value) VALUES ($uid, $short);
        """;

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
        insert.Parameters.AddWithValue("$long", new byte[StoreLoad.UnitLength - (2 * Short)]);
        insert.Parameters.AddWithValue("$short", new byte[Short]);
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
