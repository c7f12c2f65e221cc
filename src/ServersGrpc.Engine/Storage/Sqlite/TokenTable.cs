using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The table tokens.</summary>
internal static class TokenTable
{
    public static IReadOnlyList<TokenRecord> Read(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(
            connection, "SELECT name, role, scope, hash, created, expires, revoked, used FROM tokens ORDER BY name");
        return statement.Query(row => new TokenRecord
        {
            Name = row.Text(0),
            Role = Roles.Parse(row.Text(1)),
            Scope = Scope.Parse(row.Text(2)),
            Hash = row.Bytes(3),
            Created = row.Number(4).ToTime(),
            Expires = row.IsNull(5) ? null : row.Number(5).ToTime(),
            Revoked = row.IsNull(6) ? null : row.Number(6).ToTime(),
            Used = row.IsNull(7) ? null : row.Number(7).ToTime(),
        });
    }

    public static void Save(SqliteConnection connection, TokenRecord token)
    {
        using var statement = new SqliteStatement(connection, """
            INSERT INTO tokens (name, role, scope, hash, created, expires, revoked, used) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (name) DO UPDATE SET role = excluded.role, scope = excluded.scope, hash = excluded.hash, created = excluded.created,
                expires = excluded.expires, revoked = excluded.revoked, used = excluded.used
            """);
        statement.Execute(
            token.Name, token.Role.ToString(), token.Scope.ToString(), token.Hash, token.Created.ToMilliseconds(),
            token.Expires.ToMilliseconds(), token.Revoked.ToMilliseconds(), token.Used.ToMilliseconds());
    }

    public static void SaveUse(SqliteConnection connection, string name, DateTimeOffset time)
    {
        using var statement = new SqliteStatement(connection, "UPDATE tokens SET used = ?2 WHERE name = ?1");
        statement.Execute(name, time.ToMilliseconds());
    }
}
