using System.Collections.Frozen;

namespace ServersGrpc.Engine.Servers;

/// <summary>The documented names of the states.</summary>
public static class ServerStates
{
    private static readonly string[] Names = [.. Enum.GetNames<ServerState>().Select(n => n.ToLowerInvariant())];

    private static readonly FrozenDictionary<string, ServerState> ByName =
        Enum.GetValues<ServerState>().ToFrozenDictionary(s => Names[(int)s]);

    /// <summary>All names, in the order of a life.</summary>
    public static IReadOnlyList<string> All => Names;

    public static string Name(ServerState state) => Names[(int)state];

    public static bool TryParse(string name, out ServerState state) => ByName.TryGetValue(name, out state);

    internal static ServerState Parse(string name) =>
        TryParse(name, out var state) ? state : throw new FormatException($"\"{name}\" is no state of a server.");
}
