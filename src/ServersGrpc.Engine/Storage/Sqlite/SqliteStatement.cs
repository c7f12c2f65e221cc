using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>
/// One prepared statement that is run many times, with values for ?1, ?2, …. It is called straight: the driver's commands look up every
/// parameter by its name and make a reader for every run, which cost the writer as much as the writing.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Runs the statement to its end. Returns how many rows it changed.</summary>
    public int Execute(params ReadOnlySpan<SqliteValue> values)
    {
        Begin(values);
        try
        {
            while (Step())
            {
            }
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            End();
        }
    }

    /// <summary>All rows of the answer, each read by <paramref name="read"/>.</summary>
    public List<T> Query<T>(Func<SqliteRow, T> read, params ReadOnlySpan<SqliteValue> values)
    {
        var rows = new List<T>();
        Begin(values);
        try
        {
            while (Step())
                rows.Add(read(new(_statement)));
            return rows;
        }
        finally
        {
            End();
        }
    }

    /// <summary>The first column of the first row as a number; null where there is none.</summary>
    public long? Number(params ReadOnlySpan<SqliteValue> values) =>
        Query(row => row.IsNull(0) ? null : (long?)row.Number(0), values).FirstOrDefault();

    /// <summary>The first column of the first row as text; null where there is none.</summary>
    public string? Text(params ReadOnlySpan<SqliteValue> values) =>
        Query(row => row.IsNull(0) ? null : row.Text(0), values).FirstOrDefault();

    public void Dispose() => _statement.Dispose();

    private void Begin(ReadOnlySpan<SqliteValue> values)
    {
        for (var i = 0; i < values.Length; i++)
            Check(Bind(i + 1, values[i]));
    }

    private int Bind(int index, in SqliteValue value) => value.Kind switch
    {
        SqliteValueKind.Number => raw.sqlite3_bind_int64(_statement, index, value.Number),
        SqliteValueKind.Text => raw.sqlite3_bind_text(_statement, index, value.Text),
        // No bytes at all would be taken for NULL.
        SqliteValueKind.Bytes when value.Bytes.IsEmpty => raw.sqlite3_bind_zeroblob(_statement, index, 0),
        SqliteValueKind.Bytes => raw.sqlite3_bind_blob(_statement, index, value.Bytes.Span),
        _ => raw.sqlite3_bind_null(_statement, index),
    };

    private bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        Check(result);
        return result == raw.SQLITE_ROW;
    }

    // Repeats the error of a failed step, which was thrown already. Bindings are let go: they may be secrets.
    private void End()
    {
        raw.sqlite3_reset(_statement);
        raw.sqlite3_clear_bindings(_statement);
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
