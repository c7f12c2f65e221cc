namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>Which syncs an engine leaves out, though it acknowledges what it wrote.</summary>
public enum SkippedSyncs
{
    None,

    /// <summary>Those of the log, once the store is open: of each commit.</summary>
    OfCommits,

    /// <summary>Those of the data file: of each checkpoint.</summary>
    OfCheckpoints,

    /// <summary>Those of the directory: of files that are made, renamed and removed.</summary>
    OfNames,
}
