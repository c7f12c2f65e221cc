using System.Runtime.CompilerServices;
using System.Text.Json;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>What a store holds or answers as text, every field of it: two of them are the same where their texts are.</summary>
internal static class StoreText
{
    private const int Shown = 120;
    private const int ShownBefore = 40;

    // What does not change is compared many times.
    private static readonly ConditionalWeakTable<object, string> Known = [];

    public static string Of(object? value) => value switch
    {
        null => "null",
        Exception e => $"{e.GetType().Name}: {e.Message}",
        _ => Known.GetValue(value, known => JsonSerializer.Serialize(known)),
    };

    public static string Of(TokenRecord token) => Known.GetValue(token, _ => JsonSerializer.Serialize(new
    {
        token.Name,
        token.Role,
        Scope = token.Scope.ToString(),
        Hash = Convert.ToHexString(token.Hash.Span),
        token.Created,
        token.Expires,
        token.Revoked,
        token.Used,
    }));

    /// <summary>A change with what the history keeps of its server.</summary>
    public static string Of(ServerChange change) => Known.GetValue(change, _ => JsonSerializer.Serialize(new
    {
        change.Type,
        change.Revision,
        change.Server!.Uid,
        change.Server.Name,
        change.Server.State,
        change.Server.InstanceId,
        change.Server.Image,
        change.Server.Region,
        change.Server.Size,
        change.Server.Platform,
        change.Server.Address,
        change.Server.Error,
        change.Server.Started,
        change.Server.Stopped,
        change.Server.Updated,
    }));

    /// <summary>A purged server with what is remembered of it.</summary>
    public static string OfPurged(ServerRecord server) =>
        JsonSerializer.Serialize(new { server.Uid, server.Name, server.Provider, server.Capacity, server.Labels, server.Created });

    /// <summary>Where two texts part.</summary>
    public static string Difference(string found, string expected)
    {
        var at = Math.Max(0, found.AsSpan().CommonPrefixLength(expected) - ShownBefore);
        return $"found {Cut(found, at)}, not {Cut(expected, at)}";
    }

    private static string Cut(string text, int at) => at >= text.Length ? "nothing more" : text.Substring(at, Math.Min(Shown, text.Length - at));
}
