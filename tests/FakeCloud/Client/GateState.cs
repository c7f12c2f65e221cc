namespace ServersGrpc.FakeCloud.Client;

/// <summary>A gate, and the call that stands before it; null: none yet.</summary>
public sealed record GateState(long Id, LoggedCall? Call);
