using System.Globalization;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Gives servers on the engine's own network an address each, so that every one has the documented port.</summary>
internal static class LoopbackAddress
{
    private const int AddressBits = 0xFFFFFF;

    /// <summary>The address that the uid names, or the next that is not taken.</summary>
    public static string For(string uid, IReadOnlySet<string> taken)
    {
        // A uid is random already; its first digits are as good as a hash of it.
        var host = int.Parse(uid.AsSpan(0, 6), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        while (taken.Contains(AddressOf(host)))
            host = (host + 1) & AddressBits;
        return AddressOf(host);
    }

    // 127.1.0.1 to 127.254.255.254: programs of the machine's own live in 127.0.0.0/16, and .0 and .255 look like networks.
    private static string AddressOf(int host) => $"127.{1 + ((host >> 16) % 254)}.{(host >> 8) & 0xFF}.{1 + ((host & 0xFF) % 254)}";
}
