namespace ServersGrpc.Rpc.OnePort;

/// <summary>How connections are treated before it is known whether they speak HTTP/1.1 or HTTP/2.</summary>
public sealed class OnePortOptions
{
    /// <summary>How long a new connection may take to show its protocol; after that it is closed. Above zero; default 10 seconds.</summary>
    public TimeSpan DecisionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections of one address may be undecided at once; beyond that the oldest of them are closed. At least 1; default 1,000.</summary>
    public int MaxUndecidedConnections { get; set; } = 1000;
}
