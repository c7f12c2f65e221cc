using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The table events: what happened, and what each change made of its server.</summary>
internal sealed class EventTable(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _insert = new(connection, """
        INSERT INTO events (revision, uid, name, time, state, reason, message, actor, address, request_id, change, after)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """);

    /// <summary>Adds an event; the last one of a change with the server as the change left it.</summary>
    public void Insert(ServerEvent e, ChangeType? change = null, string? after = null) => _insert.Execute(
        e.Revision, e.Uid, e.Name, e.Time.ToMilliseconds(), ServerStates.Name(e.State), e.Reason, e.Message, e.Actor,
        e.Address, e.RequestId, change?.ToString(), after);

    /// <summary>
    /// Forgets what is older, but for what became of servers that still exist. Returns the newest revision forgotten that watches can't do
    /// without, or 0.
    /// </summary>
    public long ForgetBefore(DateTimeOffset time)
    {
        const string Old = "time < ?1 AND uid NOT IN (SELECT uid FROM servers)";
        using var newest = new SqliteStatement(connection, $"SELECT MAX(revision) FROM events WHERE {Old}");
        using var delete = new SqliteStatement(connection, $"DELETE FROM events WHERE {Old}");
        var forgotten = newest.Number(time.ToMilliseconds()) ?? 0;
        delete.Execute(time.ToMilliseconds());
        // Of a server that is looked at for years they would grow without end. No watch hears of them.
        using var notes = new SqliteStatement(connection, "DELETE FROM events WHERE time < ?1 AND change IS NULL AND reason IN ('SecretsRead', 'AccessRefused')");
        notes.Execute(time.ToMilliseconds());
        return forgotten;
    }

    public static IReadOnlyList<ServerEvent> ReadByName(SqliteConnection connection, string name)
    {
        using var statement = new SqliteStatement(connection, """
            SELECT revision, uid, name, time, state, reason, message, actor, address, request_id FROM events WHERE name = ?1 ORDER BY revision
            """);
        return statement.Query(row => new ServerEvent(
            row.Number(0), row.Text(1), row.Text(2), row.Number(3).ToTime(), ServerStates.Parse(row.Text(4)),
            row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9)), name);
    }

    /// <summary>The first changes after a revision and up to another.</summary>
    public static IReadOnlyList<LoggedChange> ReadChanges(SqliteConnection connection, long after, long upTo, int limit)
    {
        using var statement = new SqliteStatement(connection, """
            SELECT revision, uid, time, state, change, after FROM events
            WHERE revision > ?1 AND revision <= ?2 AND change IS NOT NULL ORDER BY revision LIMIT ?3
            """);
        return statement.Query(row => new LoggedChange(
            row.Number(0), row.Text(1), row.Number(2).ToTime(), ServerStates.Parse(row.Text(3)), Enum.Parse<ChangeType>(row.Text(4)),
            LoggedServer.Read(row.Text(5))), after, upTo, limit);
    }

    /// <summary>A purged server without its secrets; null where no such purge is remembered.</summary>
    public static ServerRecord? ReadPurged(SqliteConnection connection, string uid)
    {
        using var statement = new SqliteStatement(connection, "SELECT after FROM events WHERE uid = ?1 AND change = 'Deleted'");
        return statement.Text(uid) is { } json ? LoggedServer.Read(json).ToPurged(uid) : null;
    }

    public void Dispose() => _insert.Dispose();
}
