namespace ServersGrpc.Engine.Storage;

public enum ChangeType
{
    Added,
    Modified,

    /// <summary>Purged: the name is free again.</summary>
    Deleted,

    /// <summary>A revision to go on from, and no server.</summary>
    Bookmark,
}
