using System.Text.Json;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A server as REST shows it.</summary>
internal sealed record ServerView(
    string Id,
    string Provider,
    string State,
    string Name,
    string Address,
    int Capacity,
    string Secret,
    string Error,
    byte[] CaKey,
    byte[] CaCert,
    byte[] TlsKey,
    byte[] TlsCert,
    long Created,
    long Updated,
    long Started,
    long Stopped,
    string Etag)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static ServerView Parse(string json) => JsonSerializer.Deserialize<ServerView>(json, Options)!;

    public static IReadOnlyList<ServerView> ParseList(string json) => JsonSerializer.Deserialize<ServerView[]>(json, Options)!;

    // A record prints its members; a failed test needs no keys.
    public override string ToString() => $"{Name}: {State}, id \"{Id}\", address \"{Address}\", error \"{Error}\"";
}
