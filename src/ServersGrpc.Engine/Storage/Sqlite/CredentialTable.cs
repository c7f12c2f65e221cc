using Microsoft.Data.Sqlite;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>The table credentials, as the change of keys sees it.</summary>
internal sealed class CredentialTable(SqliteConnection connection, SecretCipher cipher) : IDisposable
{
    private static readonly IReadOnlyList<string> Fields = SecretField.All;

    private readonly SqliteStatement _next = new(connection,
        $"SELECT rowid, uid, {string.Join(", ", Fields)} FROM credentials WHERE rowid > ?1 ORDER BY rowid LIMIT ?2");

    private readonly SqliteStatement _update = new(connection, $"""
        UPDATE credentials SET {string.Join(", ", Fields.Select((field, i) => $"{field} = ?{i + 2}"))} WHERE rowid = ?1
        """);

    /// <summary>The keys that the table's values are under.</summary>
    public static IReadOnlyList<KeyId> ReadKeys(SqliteConnection connection)
    {
        using var headers = new SqliteStatement(connection, string.Join(" UNION ", Fields.Select(field =>
            $"SELECT substr({field}, 1, {SecretCipher.HeaderLength}) FROM credentials")));
        return [.. headers.Query(row => SecretCipher.KeyOf(row.Bytes(0))).OfType<KeyId>()];
    }

    /// <summary>Encrypts some rows under the first key. New rows come after all others, and are under it already.</summary>
    /// <param name="after">The last row that was done before; 0 to begin.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <returns>The last row that was looked at, or null when there is no more; and how many were not under the first key.</returns>
    /// <exception cref="EncryptionException">A value does not open.</exception>
    public (long? Last, int Changed) Reseal(long after, int limit)
    {
        var rows = _next.Query(
            row => (Id: row.Number(0), Uid: row.Text(1), Values: Fields.Select((_, i) => row.Bytes(i + 2)).ToArray()), after, limit);
        var old = rows.Where(row => row.Values.Any(value => value.Length > 0 && SecretCipher.KeyOf(value) != cipher.Keys.First.Id)).ToList();
        foreach (var (id, uid, values) in old)
        {
            SqliteValue[] anew = [id, .. Fields.Select((field, i) => (SqliteValue)(ReadOnlyMemory<byte>)cipher.Seal(uid, field, cipher.Open(uid, field, values[i])))];
            _update.Execute(anew);
        }
        return (rows.Count > 0 ? rows[^1].Id : null, old.Count);
    }

    public void Dispose()
    {
        _next.Dispose();
        _update.Dispose();
    }
}
