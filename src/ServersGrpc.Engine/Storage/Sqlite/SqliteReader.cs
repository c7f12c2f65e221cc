using Microsoft.Data.Sqlite;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>Reads from the file, beside the writer and each on a connection of its own.</summary>
internal sealed class SqliteReader(SqliteDatabase database)
{
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) => Task.Run(() =>
    {
        try
        {
            using var connection = database.Connect();
            return read(connection);
        }
        catch (SqliteException e) when (SqliteFaults.AsUnavailable(e) is { } unavailable)
        {
            throw unavailable;
        }
    }, cancellationToken);
}
