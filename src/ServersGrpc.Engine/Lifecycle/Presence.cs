namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Whether an instance is there, by its provider's word.</summary>
internal enum Presence
{
    /// <summary>The provider could not be asked.</summary>
    Unknown,

    /// <summary>The provider found it.</summary>
    There,

    /// <summary>The provider did not find it, but a provider may miss what is there for a while: look again.</summary>
    Missed,

    /// <summary>The provider did not find it for as long as it may miss what is there.</summary>
    Gone,
}
