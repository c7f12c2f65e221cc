namespace ServersGrpc.Engine.Storage;

/// <summary>An event before the store gives it its revision. Its time and state are those of the record that it is saved with.</summary>
/// <param name="Reason">A CamelCase word.</param>
/// <param name="Message">The same for people; no secrets.</param>
/// <param name="Actor">The name of a caller, or "lifecycle".</param>
/// <param name="Address">Where the actor's call came from; "" for the lifecycle.</param>
/// <param name="RequestId">Which call it was; "" for the lifecycle.</param>
public sealed record EventDraft(string Reason, string Message, string Actor, string Address = "", string RequestId = "");
