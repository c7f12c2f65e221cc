using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>One thing that happened to a server. Outlives it.</summary>
/// <param name="Revision">Its place among all changes of all servers.</param>
/// <param name="Uid">The server that it happened to.</param>
/// <param name="Name">That server's name; a later server may have it too.</param>
/// <param name="Time">When.</param>
/// <param name="State">The state afterwards.</param>
/// <param name="Reason">A CamelCase word.</param>
/// <param name="Message">The same for people; no secrets.</param>
/// <param name="Actor">The name of a caller, or "lifecycle".</param>
/// <param name="Address">Where the actor's call came from; "" for the lifecycle.</param>
/// <param name="RequestId">Which call it was; "" for the lifecycle.</param>
public sealed record ServerEvent(
    long Revision, string Uid, string Name, DateTimeOffset Time, ServerState State, string Reason, string Message, string Actor,
    string Address, string RequestId);
