using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ServersGrpc.Rpc.OnePort;

/// <summary>How many connections there may be, and how they are treated before it is known what they speak.</summary>
public sealed class OnePortOptions
{
    /// <summary>How long a new connection may take to show its protocol; after that it is closed. Above zero; default 10 seconds.</summary>
    public TimeSpan DecisionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections of one address may be undecided at once; beyond that the oldest of them are closed. At least 1; default 1,000.</summary>
    public int MaxUndecidedConnections { get; set; } = 1000;

    /// <summary>
    /// How many connections there may be over all addresses, whatever they speak; beyond that new ones are closed. Kestrel's own limit counts
    /// each protocol of each address by itself, and not those that are undecided. At least 1; default: no limit.
    /// </summary>
    public int? MaxConnections { get; set; }

    /// <summary>
    /// How many bytes of unary answers, of 4 KiB and more each, may wait for a caller to read them on one connection; beyond that its next calls
    /// wait before they begin. At least 1; default 4 MiB.
    /// </summary>
    public int MaxUnreadAnswersPerConnection { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The same over all connections; beyond that the connection that holds the most of them is closed. At least as many as on one
    /// connection; default 64 MiB.
    /// </summary>
    public int MaxUnreadAnswers { get; set; } = 64 * 1024 * 1024;

    /// <summary>How https addresses shake hands; ALPN is added. Default: as Kestrel is configured (Kestrel:Certificates:Default).</summary>
    public TlsHandshakeCallbackOptions? Tls { get; set; }
}
