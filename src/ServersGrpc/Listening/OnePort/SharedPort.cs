using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ServersGrpc.Listening.OnePort;

/// <summary>
/// One address whose connections feed two Kestrel endpoints, HTTP/1.1 and HTTP/2: the first bytes of each say which.
/// Open while at least one of the two listens.
/// </summary>
internal sealed class SharedPort(
    ListenAddress address, IConnectionListenerFactory sockets, ConnectionGate gate, LimitsOptions limits, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan SurplusLogInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<ConnectionContext> _http1 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly List<IConnectionListener> _sockets = [];
    private readonly UndecidedConnections _undecided = new(limits.MaxUndecidedConnections);
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;
    private int _listening;
    private int _undisposed;
    private int _surplus;
    private long? _surplusLoggedAt;

    /// <summary>Host and port: the actual port once it is bound.</summary>
    public string DisplayName { get; private set; } = DisplayNameOf(address, address.Port);

    /// <summary>Adds one of the two listeners; the first opens the sockets. Kestrel binds its endpoints one after the other.</summary>
    public async ValueTask<IConnectionListener> BindAsync(SharedPortEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (_sockets.Count == 0)
        {
            await OpenAsync(cancellationToken);
            DisplayName = DisplayNameOf(address, ((IPEndPoint)_sockets[0].EndPoint).Port);
            _accepting = Task.WhenAll(_sockets.Select(AcceptAllAsync));
        }
        _listening++;
        _undisposed++;
        return new SharedPortListener(this, endPoint, endPoint.Protocol == HttpProtocols.Http2 ? _http2 : _http1);
    }

    /// <summary>One listener takes no more; the last one ends accepting and whatever is undecided.</summary>
    public async Task UnbindAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _listening) > 0)
            return;
        foreach (var socket in _sockets)
            await socket.UnbindAsync(cancellationToken);
        await _accepting;
        await _stopping.CancelAsync();
        await _undecided.DrainAsync();
    }

    /// <summary>The last listener gone, the sockets go. Not earlier: they own the memory of the connections that they accepted.</summary>
    public async Task CloseAsync()
    {
        if (Interlocked.Decrement(ref _undisposed) > 0)
            return;
        foreach (var socket in _sockets)
            await socket.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var endPoint in address.EndPoints)
                await OpenAsync(endPoint, cancellationToken);
        }
        catch
        {
            foreach (var socket in _sockets)
                await socket.DisposeAsync();
            _sockets.Clear();
            throw;
        }
    }

    private async Task OpenAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            _sockets.Add(await sockets.BindAsync(endPoint, cancellationToken));
        }
        catch (SocketException e) when (_sockets.Count > 0)
        {
            // A machine without IPv6 still has a localhost. A port taken is no SocketException and is not passed over.
            OnePortLog.LoopbackMissing(logger, endPoint, e.Message);
        }
        catch (SocketException e)
        {
            throw new IOException($"Failed to bind to address http://{DisplayName}: {e.Message}.", e);
        }
    }

    private async Task AcceptAllAsync(IConnectionListener socket)
    {
        try
        {
            while (await socket.AcceptAsync() is { } connection)
            {
                if (!gate.TryAdmit(connection))
                {
                    await DropAsync(connection, "There are too many connections.");
                    continue;
                }
                var place = _undecided.Enter(connection, out var surplus);
                // Its own routing sees it end, and drops it.
                if (surplus is not null)
                    Abort(surplus);
                _ = RouteAsync(connection, place);
            }
        }
        catch (Exception e)
        {
            OnePortLog.AcceptingFailed(logger, e, DisplayName);
        }
    }

    private async Task RouteAsync(ConnectionContext connection, LinkedListNode<ConnectionContext> place)
    {
        try
        {
            using var deadline = new CancellationTokenSource(limits.ProtocolTimeout, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
            var http2 = await Http2Preface.IsNextAsync(connection.Transport.Input, limit.Token);
            // Refused only by an endpoint that stopped. Once written, the connection belongs to Kestrel.
            if (!(http2 ? _http2 : _http1).Writer.TryWrite(connection))
                await DropAsync(connection, "The server is stopping.");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            OnePortLog.Undecided(logger, connection.ConnectionId, e.Message);
            await DropAsync(connection, "The connection did not show its protocol in time.");
        }
        catch (Exception e)
        {
            OnePortLog.RoutingFailed(logger, e, connection.ConnectionId);
            await DropAsync(connection, "The connection's protocol could not be read.");
        }
        finally
        {
            _undecided.Exit(place);
        }
    }

    private void Abort(ConnectionContext surplus)
    {
        Interlocked.Increment(ref _surplus);
        if (_surplusLoggedAt is not { } last || time.GetElapsedTime(last) >= SurplusLogInterval)
        {
            _surplusLoggedAt = time.GetTimestamp();
            OnePortLog.Surplus(logger, DisplayName, Interlocked.Exchange(ref _surplus, 0), limits.MaxUndecidedConnections);
        }
        surplus.Abort(new ConnectionAbortedException("Too many connections have not shown their protocol."));
    }

    private async Task DropAsync(ConnectionContext connection, string why)
    {
        try
        {
            connection.Abort(new ConnectionAbortedException(why));
            await connection.DisposeAsync();
        }
        catch (Exception e)
        {
            OnePortLog.RoutingFailed(logger, e, connection.ConnectionId);
        }
    }

    private static string DisplayNameOf(ListenAddress address, int port) =>
        address switch
        {
            { IsLocalhost: true } => $"localhost:{port}",
            _ => new IPEndPoint(address.Ip, port).ToString(),
        };
}
