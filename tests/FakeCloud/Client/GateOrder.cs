namespace ServersGrpc.FakeCloud.Client;

/// <summary>Which call is stopped, and where. The first that fits after those that are skipped.</summary>
public sealed record GateOrder : CallMatch
{
    public required CallPoint Point { get; init; }
}
