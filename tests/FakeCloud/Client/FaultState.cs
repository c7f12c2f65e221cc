namespace ServersGrpc.FakeCloud.Client;

/// <summary>A rule, and how often it was met.</summary>
/// <param name="Seen">Calls that fitted.</param>
/// <param name="Hits">Calls that suffered.</param>
public sealed record FaultState(long Id, Fault Rule, long Seen, long Hits);
