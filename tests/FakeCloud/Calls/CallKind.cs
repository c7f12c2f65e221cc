namespace ServersGrpc.FakeCloud.Calls;

/// <summary>What a call is about, alike in both clouds: says which faults fit it.</summary>
public enum CallKind
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>Makes a machine.</summary>
    Create,

    /// <summary>Asks for one machine by its id.</summary>
    Get,

    /// <summary>Lists machines.</summary>
    List,

    /// <summary>Destroys a machine.</summary>
    Delete,

    /// <summary>Asks how an action goes.</summary>
    Poll,
}
