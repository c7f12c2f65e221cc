namespace ServersGrpc.LiteDb.Writing;

/// <summary>How a document is written.</summary>
internal enum DocumentWrite
{
    Insert,
    Update,
    Upsert,
}
