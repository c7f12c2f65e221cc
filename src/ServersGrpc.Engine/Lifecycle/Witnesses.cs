using System.Collections.Concurrent;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Servers that answer, against a provider's word that something is not there. One that does not know those either is asked in somebody
/// else's name, such as with another account's token, and what it says of the others is worth nothing.
/// </summary>
internal sealed class Witnesses(IServerStore store, TimeProvider time)
{
    private const int MostAsked = 3;
    private const int PageSize = 100;

    // Where many end at once, not every one of them has to look for witnesses among all servers.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, long> _found = new();

    /// <summary>The servers that are known to be there: they answered when they were last probed, and are no news to their provider.</summary>
    public static IEnumerable<ServerRecord> Among(IEnumerable<ServerRecord> servers, IServerProvider provider, DateTimeOffset now) =>
        servers.Where(server => server is { State: ServerState.Running, Probes: 0, InstanceId.Length: > 0 }
            && server.Provider == provider.Name
            // One that started in time to come did so before the clock was set back.
            && (server.Started + provider.ConsistencyWindow < now || server.Started > now));

    /// <summary>The provider found an instance of ours just now.</summary>
    public void Found(string provider) => _found[provider] = time.GetTimestamp();

    /// <summary>Hears witnesses against the absence of a server's instance.</summary>
    /// <param name="server">Whose instance its provider says is not there.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="missed">The timestamp of when it first said so.</param>
    /// <param name="cancellationToken">Ends the hearing.</param>
    /// <exception cref="ProviderException">The provider knows none of them.</exception>
    public async Task HearAsync(ServerRecord server, IServerProvider provider, long missed, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(provider.Name, out var found) && (found > missed || time.GetElapsedTime(found) < Memory))
            return;
        var witnesses = await ChooseAsync(server, provider, cancellationToken);
        foreach (var witness in witnesses)
        {
            if (await provider.FindAsync(witness.Uid, cancellationToken) is null)
                continue;
            Found(provider.Name);
            return;
        }
        if (witnesses.Count > 0)
        {
            throw new ProviderException(
                ProviderFault.Transient,
                $"{provider.Name} does not know server \"{witnesses[0].Name}\" either, which answers: is its token another account's?");
        }
    }

    /// <summary>The oldest witnesses, but for the server itself.</summary>
    private async Task<List<ServerRecord>> ChooseAsync(ServerRecord server, IServerProvider provider, CancellationToken cancellationToken)
    {
        var witnesses = new List<ServerRecord>();
        var query = new ServerQuery { Provider = provider.Name, States = new HashSet<ServerState> { ServerState.Running } };
        for (PageStart? after = null; ;)
        {
            var page = await store.ListAsync(query, after, PageSize, cancellationToken);
            witnesses.AddRange(Among(page, provider, time.GetUtcNow()).Where(other => other.Uid != server.Uid).Take(MostAsked - witnesses.Count));
            if (witnesses.Count == MostAsked || page.Count < PageSize)
                return witnesses;
            after = new(page[^1].Created, page[^1].Name);
        }
    }
}
