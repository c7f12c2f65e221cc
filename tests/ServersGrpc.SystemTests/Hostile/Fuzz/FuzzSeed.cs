using System.Globalization;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>
/// What chance begins from: the same seed makes the same requests. SERVERS_FUZZ_SEED sets another, SERVERS_FUZZ_FACTOR a multiple of
/// the requests.
/// </summary>
internal static class FuzzSeed
{
    public static int Value { get; } = Read("SERVERS_FUZZ_SEED", 1);

    public static int Factor { get; } = Read("SERVERS_FUZZ_FACTOR", 1);

    /// <summary>The chance of one request, whoever makes it and when.</summary>
    public static Random For(int request) => new(unchecked((Value * 1_000_003) + request));

    private static int Read(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
