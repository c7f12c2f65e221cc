using System.Net;
using ServersGrpc.Auth.Limits;

namespace ServersGrpc.Auth.Audit;

internal static class RequestExtensions
{
    private const string RequestIdHeader = "x-request-id";

    /// <summary>Where the request came from, as people write it; "" where that is not known.</summary>
    public static string CallerAddress(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";

    /// <summary>Whom that address stands for.</summary>
    public static IPAddress CallerNetwork(this HttpContext http) => http.Connection.RemoteIpAddress.Network();

    /// <summary>Names the request in its answer, so that whoever is told of it can find it in the events and the log. Returns the name.</summary>
    public static string NameRequest(this HttpContext http)
    {
        // Of a stream the answer may have begun.
        if (!http.Response.HasStarted)
            http.Response.Headers[RequestIdHeader] = http.TraceIdentifier;
        return http.TraceIdentifier;
    }
}
