using System.Net.Sockets;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>A way to an engine's socket that can be cut, while others go on using theirs.</summary>
internal sealed class EngineLine : IDisposable
{
    private readonly string _engine;
    private readonly Socket _listener = NewSocket();
    private readonly Lock _lock = new();
    private readonly List<Socket> _connections = [];
    private bool _isCut;

    /// <param name="path">Where this way begins.</param>
    /// <param name="engine">The engine's socket.</param>
    public EngineLine(string path, string engine)
    {
        _engine = engine;
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public string Path { get; }

    /// <summary>Ends all connections, and takes no more.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
            _listener.Dispose();
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    public void Dispose() => Cut();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                var engine = NewSocket();
                lock (_lock)
                {
                    _connections.AddRange([client, engine]);
                    if (_isCut)
                        _connections.ForEach(connection => connection.Dispose());
                }
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(_engine));
                _ = CarryAsync(client, engine);
                _ = CarryAsync(engine, client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
            return;
        }
    }

    private static async Task CarryAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // Cut, or left by one of the two: the other is to know.
            from.Dispose();
            to.Dispose();
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
