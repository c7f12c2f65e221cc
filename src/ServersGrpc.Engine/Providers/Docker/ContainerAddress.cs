using System.Net;
using System.Net.Sockets;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Where a container is reached: by what the container is, not by what the section says today.</summary>
internal static class ContainerAddress
{
    private const int ServerPort = 2376;

    /// <summary>The host, with the port where it is not 2376; "" while there is none.</summary>
    /// <param name="container">As listed.</param>
    /// <param name="engineHost">Where ports are that are published on all addresses.</param>
    /// <param name="networks">Whose first is asked first.</param>
    public static string Of(Container container, string engineHost, IReadOnlyList<string> networks)
    {
        if (container.Label(DockerLabels.Address) is { Length: > 0 } assigned)
            return assigned;
        if (container.Ports?.FirstOrDefault(port => port is { PrivatePort: ServerPort, Type: "tcp", PublicPort: > 0 }) is { } published)
            return Join(PublishedHost(published.IP, engineHost), published.PublicPort);
        var endpoints = container.NetworkSettings?.Networks ?? new Dictionary<string, ContainerEndpoint?>();
        return networks.Take(1).Concat(endpoints.Keys.Order(StringComparer.Ordinal))
            .Select(network => AddressOf(endpoints.GetValueOrDefault(network))).FirstOrDefault(address => address.Length > 0, "");
    }

    /// <summary>Where a port is that is published on an IP address; on all of them, where that is none.</summary>
    public static string PublishedHost(string? ip, string engineHost) => ip is null or "" or "0.0.0.0" or "::" ? engineHost : ip;

    private static string AddressOf(ContainerEndpoint? endpoint) =>
        endpoint is { IPAddress: { Length: > 0 } address } ? address : endpoint?.GlobalIPv6Address ?? "";

    private static string Join(string host, int port)
    {
        if (port == ServerPort)
            return host;
        return IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
    }
}
