using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.Agent;

/// <summary>
/// A listening socket on a loopback address of the server's own, so that every server has the documented port. Only Linux answers on
/// all of 127.0.0.0/8 without being told to: elsewhere it is 127.0.0.1 and a free port.
/// </summary>
internal sealed class LoopbackListener : IDisposable
{
    private const int Port = 2376;
    private const int Backlog = 128;
    private const int MaxTries = 256;
    private const int AddressBits = 0xFFFFFF;

    private LoopbackListener(Socket socket, string address)
    {
        Socket = socket;
        Address = address;
    }

    public Socket Socket { get; }

    /// <summary>As callers use it: the host, with the port where it is not 2376.</summary>
    public string Address { get; }

    /// <summary>Listens on the address that the uid names, or on the next free one.</summary>
    public static LoopbackListener Open(string uid)
    {
        if (!OperatingSystem.IsLinux())
        {
            var socket = Listen(IPAddress.Loopback, port: 0);
            return new LoopbackListener(socket, socket.LocalEndPoint!.ToString()!);
        }

        // A uid is random already; its first digits are as good as a hash of it.
        var host = int.Parse(uid.AsSpan(0, 6), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        for (var tries = 1; ; tries++, host++)
        {
            var address = AddressOf(host & AddressBits);
            try
            {
                return new LoopbackListener(Listen(address, Port), address.ToString());
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                if (tries == MaxTries)
                {
                    throw new InvalidOperationException(
                        $"port {Port} is taken on {MaxTries} loopback addresses; does a program listen on it on all addresses?", exception);
                }
            }
        }
    }

    public void Dispose() => Socket.Dispose();

    // 127.1.0.1 to 127.254.255.254: programs of the machine's own live in 127.0.0.0/16, and .0 and .255 look like networks.
    private static IPAddress AddressOf(int host) =>
        new([127, (byte)(1 + ((host >> 16) % 254)), (byte)(host >> 8), (byte)(1 + ((host & 0xFF) % 254))]);

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            // Until it listens another socket may bind the same address: only this tells that it is ours.
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
