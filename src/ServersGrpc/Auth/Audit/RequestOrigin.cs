using System.Net;
using ServersGrpc.Auth.RateLimits;

namespace ServersGrpc.Auth.Audit;

/// <summary>Where a request came from.</summary>
internal static class RequestOrigin
{
    /// <summary>The address, as people write it; "" where that is not known.</summary>
    public static string Address(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";

    /// <summary>Whom that address stands for.</summary>
    public static IPAddress Network(this HttpContext http) => http.Connection.RemoteIpAddress.Network();
}
