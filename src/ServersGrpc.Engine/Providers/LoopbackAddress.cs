using System.Globalization;
using System.Net;

namespace ServersGrpc.Engine.Providers;

/// <summary>Loopback addresses for servers that share this machine's network: with one each, every server has the documented port.</summary>
public static class LoopbackAddress
{
    private const int AddressBits = 0xFFFFFF;

    /// <summary>All of them, in the order in which the server with this uid tries them.</summary>
    public static IEnumerable<IPAddress> Candidates(string uid)
    {
        // A uid is random already; its first digits are as good as a hash of it.
        var first = int.Parse(uid.AsSpan(0, 6), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        for (var step = 0; step <= AddressBits; step++)
            yield return AddressOf((first + step) & AddressBits);
    }

    // 127.1.0.1 to 127.254.255.254: programs of the machine's own live in 127.0.0.0/16, and .0 and .255 look like networks.
    private static IPAddress AddressOf(int host) =>
        new([127, (byte)(1 + ((host >> 16) % 254)), (byte)(host >> 8), (byte)(1 + ((host & 0xFF) % 254))]);
}
