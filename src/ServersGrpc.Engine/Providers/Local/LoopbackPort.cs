using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>The port of local servers, on loopback addresses.</summary>
public static class LoopbackPort
{
    public const int Number = 2376;

    /// <summary>On how many addresses in a row it may be taken before that is held against all of them.</summary>
    public const int MaxTries = 256;

    private const int Backlog = 128;

    /// <summary>A socket that listens there; null where another does already.</summary>
    /// <exception cref="SocketException">Anything else that keeps it from listening.</exception>
    public static Socket? TryListen(IPAddress address, int port = Number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            // Until it listens another socket may bind the same address: only this tells that it is ours.
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            if (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Whether another program listens there. What keeps us from trying says nothing about that.</summary>
    internal static bool IsTaken(IPAddress address)
    {
        try
        {
            using var socket = TryListen(address);
            return socket is null;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
