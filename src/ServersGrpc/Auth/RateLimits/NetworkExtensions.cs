using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.Auth.RateLimits;

internal static class NetworkExtensions
{
    private const int NetworkBytes = 8;

    /// <summary>Whom an address stands for: of IPv6 the network, of which everyone has one with addresses without end.</summary>
    public static IPAddress Network(this IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new(bytes);
    }
}
