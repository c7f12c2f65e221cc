namespace ServersGrpc.Simulation.Storage;

/// <summary>How a write ends.</summary>
internal enum StoreFate
{
    Done,

    /// <summary>Nothing is written.</summary>
    Fails,

    /// <summary>It is written, and the disk did not tell.</summary>
    FailsDone,

    /// <summary>The process dies before it is written.</summary>
    CallerDies,

    /// <summary>The process dies before it hears that it is written.</summary>
    CallerDiesDone,
}
