namespace ServersGrpc.FakeCloud.Client;

/// <summary>What a test does to a machine behind the cloud's back.</summary>
public enum MachineChange
{
    /// <summary>It is gone.</summary>
    Vanish,

    /// <summary>It has another public address.</summary>
    Move,

    /// <summary>It takes no connections any more.</summary>
    Silence,

    /// <summary>It takes connections again.</summary>
    Wake,

    /// <summary>It shows a certificate of an authority that nobody knows.</summary>
    Impersonate,

    /// <summary>It is switched off.</summary>
    PowerOff,
}
