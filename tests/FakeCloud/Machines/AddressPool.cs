using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>
/// Loopback addresses for machines: 127.255.0.1 to 127.255.255.254, which the local provider never uses, shared by all fakes on this
/// computer.
/// </summary>
internal sealed class AddressPool
{
    /// <summary>Listening here is what tells other fakes that the address is taken while its machine does not listen yet.</summary>
    private const int ReservationPort = 2374;

    private const int MaxTries = 1024;

    /// <summary>A free address, and the socket that keeps it so.</summary>
    public static (IPAddress Address, Socket Reservation) Reserve()
    {
        for (var tries = 1; ; tries++)
        {
            var host = Random.Shared.Next(1, 0xFFFF);
            var address = new IPAddress([127, 255, (byte)(host >> 8), (byte)host]);
            try
            {
                return (address, Listen(address, ReservationPort));
            }
            catch (SocketException exception) when (tries < MaxTries && IsTaken(exception))
            {
                // The next one then.
            }
        }
    }

    public static bool IsTaken(SocketException exception) =>
        exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable;

    /// <exception cref="SocketException">Another socket listens there.</exception>
    public static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            // Until it listens another socket may bind the same address.
            socket.Listen(128);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
