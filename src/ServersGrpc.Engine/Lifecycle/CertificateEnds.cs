using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Knows which running servers' certificates end soon: from then on nobody reaches them.</summary>
public sealed class CertificateEnds(IServerStore store, LifecycleOptions options, TimeProvider time)
{
    /// <summary>Counts the running servers whose certificates end soon, with all others.</summary>
    public ValueTask<ServerCensus> CountAsync(CancellationToken cancellationToken) =>
        store.CountAsync(time.GetUtcNow() + options.CertificateWarning, cancellationToken);

    /// <summary>Whether it has to be told now that the server's certificates end soon.</summary>
    internal bool IsNews(ServerRecord server) =>
        !server.ExpiryTold && server.Credentials.Expires <= time.GetUtcNow() + options.CertificateWarning;
}
