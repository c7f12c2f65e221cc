using Microsoft.Data.Sqlite;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>Tells the database's troubles, which pass, from mistakes in this program, which don't.</summary>
internal static class SqliteFaults
{
    /// <summary>Whether another process holds the database.</summary>
    public static bool IsLocked(Exception e) => e is SqliteException { SqliteErrorCode: 5 or 6 };

    /// <summary>Whether the whole transaction is lost, not one statement of it.</summary>
    public static bool IsOfTheDatabase(Exception e) =>
        e is StoreUnavailableException || (e is SqliteException sqlite && AsUnavailable(sqlite) is not null);

    /// <summary>Whether the database itself is in trouble, and what to say of it.</summary>
    public static StoreUnavailableException? AsUnavailable(SqliteException e) => e.SqliteErrorCode switch
    {
        5 or 6 => new("The database is locked by another process.", e),
        7 => new("The database is out of memory.", e),
        8 or 14 => new("The database file can't be opened for writing.", e),
        10 => new("The database file can't be read or written.", e),
        11 or 26 => new("The database file is damaged.", e),
        13 => new("The disk that holds the database is full.", e),
        _ => null,
    };
}
