using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.OnePort;

/// <summary>The connections of a shared port that speak one protocol.</summary>
internal sealed class SharedPortListener(SharedPort port, EndPoint endPoint, Channel<ConnectionContext> connections) : IConnectionListener
{
    private int _unbound;
    private int _disposed;

    public EndPoint EndPoint => endPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await connections.Reader.WaitToReadAsync(cancellationToken))
            if (connections.Reader.TryRead(out var connection))
                return connection;
        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _unbound, 1) != 0)
            return;
        connections.Writer.TryComplete();
        await port.UnbindAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await UnbindAsync(CancellationToken.None);
        // Kestrel takes all that was handed over, unless its start failed before it began to accept.
        while (connections.Reader.TryRead(out var connection))
        {
            connection.Abort(new ConnectionAbortedException("The server did not start."));
            await connection.DisposeAsync();
        }
        await port.CloseAsync();
    }
}
