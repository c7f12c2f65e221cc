namespace ServersGrpc.Tests.Engine.Lifecycle.Sweep;

/// <summary>What a provider answers when it is asked for all instances.</summary>
internal enum Listing
{
    Complete,

    /// <summary>It fails at once.</summary>
    Failing,

    /// <summary>It fails after the first page.</summary>
    Truncated,

    /// <summary>It says that there are none.</summary>
    Empty,

    /// <summary>It answers with what was so at the sweep before.</summary>
    Stale,
}
