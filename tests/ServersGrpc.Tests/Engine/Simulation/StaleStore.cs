using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>Lists the servers as they were some listings ago.</summary>
internal sealed class StaleStore(IServerStore inner) : StoreMutant(inner)
{
    private const int Age = 6;

    private readonly Queue<IReadOnlyList<ServerRecord>> _lists = [];

    public override async ValueTask<IReadOnlyList<ServerRecord>> ListAsync(
        ServerQuery query, PageStart? after, int limit, CancellationToken cancellationToken)
    {
        var list = await base.ListAsync(query, after, limit, cancellationToken);
        if (query != ServerQuery.Everything)
            return list;
        _lists.Enqueue(list);
        return _lists.Count > Age ? _lists.Dequeue() : _lists.Peek();
    }
}
