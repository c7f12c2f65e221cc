using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Server;

/// <summary>Names the other end of a connection as gRPC does.</summary>
internal static class PeerName
{
    public static string Of(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{connection.RemotePort}",
        var address => $"ipv4:{address}:{connection.RemotePort}",
    };
}
