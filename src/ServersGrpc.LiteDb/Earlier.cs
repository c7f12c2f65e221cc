using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb;

/// <summary>The database of before, which was SQLite's. Nothing reads it any more.</summary>
internal static class Earlier
{
    public const string FileName = "servers.db";

    public static StoreOpenException Refused(string path) => new(
        $"{path} is a database of an earlier version, which this one does not read. Terminate its servers with that version, then move the file away; "
        + "or set Servers:DataDirectory to another directory.");
}
