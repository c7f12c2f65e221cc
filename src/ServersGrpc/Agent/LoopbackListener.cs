using System.Net;
using System.Net.Sockets;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Agent;

/// <summary>
/// A listening socket on a loopback address of the server's own, so that every server has the documented port. Only Linux answers on
/// all of 127.0.0.0/8 without being told to: elsewhere it is 127.0.0.1 and a free port.
/// </summary>
internal sealed class LoopbackListener : IDisposable
{
    private LoopbackListener(Socket socket, string address)
    {
        Socket = socket;
        Address = address;
    }

    public Socket Socket { get; }

    /// <summary>As callers use it: the host, with the port where it is not 2376.</summary>
    public string Address { get; }

    /// <summary>Listens on the address that was planned for the server, or, where none was, on the first free one.</summary>
    public static LoopbackListener Open(AgentSpec spec)
    {
        if (!OperatingSystem.IsLinux())
        {
            var socket = LoopbackPort.TryListen(IPAddress.Loopback, port: 0)!;
            return new LoopbackListener(socket, socket.LocalEndPoint!.ToString()!);
        }

        // The server's certificate is made for the planned address: on another, callers who check the address would refuse it.
        IEnumerable<IPAddress> addresses = spec.Address.Length > 0
            ? [IPAddress.Parse(spec.Address)]
            : LoopbackAddress.Candidates(spec.Uid).Take(LoopbackPort.MaxTries);
        foreach (var address in addresses)
        {
            if (LoopbackPort.TryListen(address) is { } socket)
            {
                return new LoopbackListener(socket, address.ToString());
            }
        }

        throw new InvalidOperationException(
            $"port {LoopbackPort.Number} is taken on {addresses.First()}; does another program listen on it, perhaps on all addresses?");
    }

    public void Dispose() => Socket.Dispose();
}
