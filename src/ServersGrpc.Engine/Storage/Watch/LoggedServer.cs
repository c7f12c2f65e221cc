using System.Text.Json;
using System.Text.Json.Serialization;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>
/// What the history keeps of a server at one change: what may differ from change to change, and of a purged server everything that is
/// not secret. Names are short: there are many of these.
/// </summary>
internal sealed record LoggedServer
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public string Id { get; init; } = "";

    public string Image { get; init; } = "";

    public string Region { get; init; } = "";

    public string Size { get; init; } = "";

    public string Platform { get; init; } = "";

    public string Address { get; init; } = "";

    public string Error { get; init; } = "";

    public long? Started { get; init; }

    public long? Stopped { get; init; }

    /// <summary>What never changes; null while the server itself remembers it.</summary>
    public PurgedServer? Purged { get; init; }

    public static string Write(ServerRecord server, bool purged) => JsonSerializer.Serialize(new LoggedServer
    {
        Id = server.InstanceId,
        Image = server.Image,
        Region = server.Region,
        Size = server.Size,
        Platform = server.Platform,
        Address = server.Address,
        Error = server.Error,
        Started = server.Started.ToMilliseconds(),
        Stopped = server.Stopped.ToMilliseconds(),
        Purged = purged ? new(server.Name, server.Provider, server.Capacity, server.Created.ToMilliseconds(), server.Labels) : null,
    }, Format);

    public static LoggedServer Read(string json) => JsonSerializer.Deserialize<LoggedServer>(json, Format)!;

    /// <summary>The server as it was then.</summary>
    public ServerRecord ApplyTo(ServerRecord server) => server with
    {
        InstanceId = Id,
        Image = Image,
        Region = Region,
        Size = Size,
        Platform = Platform,
        Address = Address,
        Error = Error,
        Started = Started?.ToTime(),
        Stopped = Stopped?.ToTime(),
    };

    /// <summary>A purged server without its secrets; null where this is none.</summary>
    public ServerRecord? ToPurged(string uid) => Purged is { } known
        ? new()
        {
            Uid = uid,
            Name = known.Name,
            Provider = known.Provider,
            Capacity = known.Capacity,
            Labels = known.Labels,
            Created = known.Created.ToTime(),
            Credentials = ServerCredentials.None,
        }
        : null;

    internal sealed record PurgedServer(string Name, string Provider, int Capacity, long Created, IReadOnlyDictionary<string, string> Labels);
}
