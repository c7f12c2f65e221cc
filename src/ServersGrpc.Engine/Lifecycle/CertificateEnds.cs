using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Knows which running servers' certificates end soon: from then on nobody reaches them.</summary>
public sealed class CertificateEnds(IServerStore store, LifecycleOptions options, TimeProvider time)
{
    /// <summary>How many servers run whose certificates end soon.</summary>
    public async ValueTask<int> CountAsync(CancellationToken cancellationToken) => (await RunningAsync(cancellationToken)).Count(IsNear);

    /// <summary>How many servers of each provider run whose certificates end soon; of those that have running servers.</summary>
    internal IReadOnlyDictionary<string, int> CountByProvider() =>
        Running().GroupBy(server => server.Provider).ToDictionary(servers => servers.Key, servers => servers.Count(IsNear));

    /// <summary>How long it is until the first certificate of a running server ends, of each provider that has any; negative: it has ended.</summary>
    internal IReadOnlyDictionary<string, TimeSpan> SoonestByProvider()
    {
        var now = time.GetUtcNow();
        return Running().Where(server => server.Credentials.Expires is not null).GroupBy(server => server.Provider)
            .ToDictionary(servers => servers.Key, servers => servers.Min(server => server.Credentials.Expires!.Value) - now);
    }

    /// <summary>Whether it has to be told now that the server's certificates end soon.</summary>
    internal bool IsNews(ServerRecord server) => !server.ExpiryTold && IsNear(server);

    private static ServerQuery RunningOnly { get; } = new() { States = new HashSet<ServerState> { ServerState.Running } };

    private bool IsNear(ServerRecord server) => server.Credentials.Expires - time.GetUtcNow() <= options.CertificateWarning;

    // The store's reads are answered from memory: this never waits.
    private IReadOnlyList<ServerRecord> Running() => RunningAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private ValueTask<IReadOnlyList<ServerRecord>> RunningAsync(CancellationToken cancellationToken) =>
        store.ListAsync(RunningOnly, null, int.MaxValue, cancellationToken);
}
