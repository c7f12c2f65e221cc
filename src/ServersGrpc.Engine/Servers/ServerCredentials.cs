namespace ServersGrpc.Engine.Servers;

/// <summary>
/// The keys of one server: an authority of its own, and one key pair that the engine on it and its callers present. PEM, as UTF-8 bytes.
/// </summary>
public sealed record ServerCredentials(
    ReadOnlyMemory<byte> CaKey,
    ReadOnlyMemory<byte> CaCertificate,
    ReadOnlyMemory<byte> TlsKey,
    ReadOnlyMemory<byte> TlsCertificate)
{
    /// <summary>No keys: of servers that were purged, and of what is only checked.</summary>
    public static readonly ServerCredentials None = new(default, default, default, default);

    /// <summary>When the certificates end; null where there are none.</summary>
    public DateTimeOffset? Expires { get; init; }

    // A record prints its members; these must never reach a log.
    public override string ToString() => "ServerCredentials(withheld)";
}
