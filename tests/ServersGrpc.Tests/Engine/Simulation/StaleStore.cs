using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Lists the servers as they were some listings ago.</summary>
internal sealed class StaleStore(IStorageEngine inner) : StoreMutant(inner)
{
    private const int Age = 6;

    private readonly Dictionary<string, Queue<IReadOnlyList<ServerRecord>>> _lists = [];

    public override async ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
        ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken)
    {
        var list = await base.ListAsync(query, after, limit, cancellationToken);
        if (query.States.Count > 0)
            return list;
        if (!_lists.TryGetValue(query.Provider, out var lists))
            lists = _lists[query.Provider] = [];
        lists.Enqueue(list);
        return lists.Count > Age ? lists.Dequeue() : lists.Peek();
    }
}
