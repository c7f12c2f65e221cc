using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>How many servers there are and how they are, by provider, at one moment.</summary>
/// <param name="ByProvider">Of each provider that has servers.</param>
public sealed record ServerCensus(IReadOnlyDictionary<string, ProviderCensus> ByProvider)
{
    public static readonly ServerCensus Empty = new(new Dictionary<string, ProviderCensus>());

    /// <summary>Counts servers.</summary>
    /// <param name="servers">All of them.</param>
    /// <param name="expiring">The certificate of a running server is about to end if it ends before this time.</param>
    public static ServerCensus Of(IEnumerable<ServerRecord> servers, DateTimeOffset expiring)
    {
        var providers = new Dictionary<string, ProviderCensus>();
        foreach (var server in servers)
        {
            if (!providers.TryGetValue(server.Provider, out var provider))
                provider = providers[server.Provider] = new();
            provider.Add(server, expiring);
        }
        return new(providers);
    }

    public int Running => ByProvider.Values.Sum(provider => provider.Running);

    public int Failing => ByProvider.Values.Sum(provider => provider.Failing);

    public int Expiring => ByProvider.Values.Sum(provider => provider.Expiring);
}
