namespace ServersGrpc.FakeCloud.State;

/// <summary>A number that only grows.</summary>
internal sealed record Counter(long Value);
