namespace ServersGrpc.Engine.Storage;

/// <summary>An event before the store gives it its revision. Its time and state are those of the record that it is saved with.</summary>
public sealed record EventDraft(string Reason, string Message, string Actor);
