using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.Listening.OnePort;

/// <summary>One configured address to listen on.</summary>
public sealed record ListenAddress(bool IsHttps, string Host, IPAddress Ip, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Ip);

    internal bool IsLocalhost => Host == "localhost";

    internal bool IsAny => Ip.Equals(IPAddress.IPv6Any);

    /// <summary>What to bind: both loopbacks for localhost, both families for any.</summary>
    internal IEnumerable<IPEndPoint> EndPoints => this switch
    {
        { IsLocalhost: true } => [new(IPAddress.Loopback, Port), new(IPAddress.IPv6Loopback, Port)],
        { IsAny: true } when !Socket.OSSupportsIPv6 => [new(IPAddress.Any, Port)],
        _ => [new(Ip, Port)],
    };

    /// <exception cref="FormatException">The address is none that can be listened on; the message says why.</exception>
    public static ListenAddress Parse(string text)
    {
        var address = ParseUrl(text.Trim());
        if (address.PathBase.Length > 0)
            throw Refused(text, "it has a path; an address ends with the port");
        if (address.Port is < 0 or > IPEndPoint.MaxPort)
            throw Refused(text, $"a port is 0 to {IPEndPoint.MaxPort}");
        var isHttps = address.Scheme.ToLowerInvariant() switch
        {
            "http" => false,
            "https" => true,
            _ => throw Refused(text, "it begins with neither http:// nor https://"),
        };
        switch (address.Host.ToLowerInvariant())
        {
            case "*" or "+":
                return new(isHttps, address.Host, IPAddress.IPv6Any, address.Port);
            case "localhost" when address.Port == 0:
                throw Refused(text, "localhost is two addresses, which can't share a port chosen by the system; use 127.0.0.1:0");
            case "localhost":
                return new(isHttps, "localhost", IPAddress.Loopback, address.Port);
            // A name of a host could mean any of its interfaces. Guessing "all of them" would open more than was asked for.
            case var host when !IPAddress.TryParse(host, out _):
                throw Refused(text, "the host is none of: an IP address, localhost, * for all interfaces");
            default:
                return new(isHttps, address.Host, IPAddress.Parse(address.Host), address.Port);
        }
    }

    private static BindingAddress ParseUrl(string text)
    {
        try
        {
            return BindingAddress.Parse(text);
        }
        catch (FormatException e)
        {
            throw new FormatException(Reason(text, "it is not of the form http://host:port"), e);
        }
    }

    private static FormatException Refused(string text, string why) => new(Reason(text, why));

    private static string Reason(string text, string why) =>
        $"Can't listen on \"{text}\": {why}. Examples: http://127.0.0.1:8080, https://*:443; join several by \";\".";
}
