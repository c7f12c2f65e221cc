namespace ServersGrpc.Rpc.Server;

/// <summary>Why a call's token was cancelled.</summary>
internal enum CancellationCause
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The caller went away.</summary>
    CallerGone,

    /// <summary>The deadline passed.</summary>
    DeadlinePassed,

    /// <summary>The service stops.</summary>
    Stopping,
}
