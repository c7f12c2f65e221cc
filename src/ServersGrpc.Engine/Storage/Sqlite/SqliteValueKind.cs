namespace ServersGrpc.Engine.Storage.Sqlite;

internal enum SqliteValueKind
{
    Null,
    Number,
    Text,
    Bytes,
}
