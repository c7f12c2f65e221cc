namespace ServersGrpc.Engine.Access;

/// <summary>How much a caller may do. Each role may do what the ones before it may.</summary>
public enum Role
{
    /// <summary>Finds, lists and watches servers and reads their events, without their secrets.</summary>
    Viewer,

    /// <summary>Also provisions and terminates, and reads the secrets of servers that it asked for itself.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Admin,
}
