namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>Times as UTC milliseconds.</summary>
internal static class SqliteTime
{
    public static long ToMilliseconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long? ToMilliseconds(this DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset ToTime(this long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
