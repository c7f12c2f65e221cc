namespace ServersGrpc.SystemTests.Security;

/// <summary>What a method has to do with a server.</summary>
internal enum Effect
{
    /// <summary>None: it is of the service.</summary>
    None,

    /// <summary>It tells of one.</summary>
    Reads,

    /// <summary>It tells of all that the caller may see.</summary>
    ReadsAll,

    /// <summary>It makes one.</summary>
    Makes,

    /// <summary>It changes one.</summary>
    Changes,

    /// <summary>It gives one that runs new keys.</summary>
    Rotates,
}
