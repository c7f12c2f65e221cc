namespace ServersGrpc.Engine.Servers;

/// <summary>Where a server is in its life. The order is the order of a life without trouble; <see cref="Error"/> stands aside.</summary>
public enum ServerState
{
    /// <summary>Recorded; no provider was asked yet.</summary>
    Pending,

    /// <summary>The provider is being asked, or was, and the outcome may be unknown.</summary>
    Creating,

    /// <summary>The provider named the instance.</summary>
    Created,

    /// <summary>The instance boots; it is probed until it answers.</summary>
    Staging,

    /// <summary>The instance answers.</summary>
    Running,

    /// <summary>Its end is asked for; work on it may still drain.</summary>
    Shutdown,

    /// <summary>The provider is being told to remove it, until it says that nothing is there.</summary>
    Stopping,

    /// <summary>Nothing of it is left. The row stays readable until it is purged.</summary>
    Stopped,

    /// <summary>Given up. What may be left of it is removed after a while.</summary>
    Error,
}
