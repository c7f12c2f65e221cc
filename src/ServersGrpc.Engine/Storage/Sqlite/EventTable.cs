using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The tables events and deletions.</summary>
internal sealed class EventTable(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _insert = new(connection, """
        INSERT INTO events (revision, uid, name, time, state, reason, message, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    private readonly SqliteStatement _delete = new(connection, """
        INSERT INTO deletions (revision, time, uid, name, provider, labels) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """);

    public void Insert(ServerEvent e) => _insert.Execute(
        e.Revision, e.Uid, e.Name, e.Time.ToMilliseconds(), ServerStates.Name(e.State), e.Reason, e.Message, e.Actor);

    public void InsertDeletion(long revision, DateTimeOffset time, ServerRecord server) => _delete.Execute(
        revision, time.ToMilliseconds(), server.Uid, server.Name, server.Provider, ServerTable.WriteLabels(server.Labels));

    /// <summary>Forgets what is older, but for events of servers that still exist. Returns the newest deletion forgotten, or 0.</summary>
    public long ForgetBefore(DateTimeOffset time)
    {
        using var events = new SqliteStatement(connection, """
            DELETE FROM events WHERE time < ?1 AND uid NOT IN (SELECT uid FROM servers)
            """);
        events.Execute(time.ToMilliseconds());
        using var newest = new SqliteStatement(connection, "SELECT MAX(revision) FROM deletions WHERE time < ?1");
        var forgotten = newest.Number(time.ToMilliseconds()) ?? 0;
        using var deletions = new SqliteStatement(connection, "DELETE FROM deletions WHERE revision <= ?1");
        deletions.Execute(forgotten);
        return forgotten;
    }

    public static IReadOnlyList<ServerEvent> ReadByName(SqliteConnection connection, string name)
    {
        using var statement = new SqliteStatement(connection, """
            SELECT revision, uid, name, time, state, reason, message, actor FROM events WHERE name = ?1 ORDER BY revision
            """);
        return statement.Query(row => new ServerEvent(
            row.Number(0), row.Text(1), row.Text(2), row.Number(3).ToTime(), ServerStates.Parse(row.Text(4)),
            row.Text(5), row.Text(6), row.Text(7)), name);
    }

    /// <summary>Purged servers, as far as they are remembered, of the revisions after one and up to another.</summary>
    public static IReadOnlyList<ServerChange> ReadDeletions(SqliteConnection connection, long after, long upTo)
    {
        using var statement = new SqliteStatement(connection, """
            SELECT revision, uid, name, provider, labels, time FROM deletions WHERE revision > ?1 AND revision <= ?2 ORDER BY revision
            """);
        return statement.Query(row => new ServerChange(ChangeType.Deleted, row.Number(0), new()
        {
            Uid = row.Text(1),
            Name = row.Text(2),
            Provider = row.Text(3),
            Labels = ServerTable.ReadLabels(row.Text(4)),
            State = ServerState.Stopped,
            Revision = row.Number(0),
            Created = row.Number(5).ToTime(),
            Updated = row.Number(5).ToTime(),
            Credentials = ServerCredentials.None,
        }), after, upTo);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _delete.Dispose();
    }
}
