using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Fleet;

/// <summary>A wish for a server. "" and 0 mean: as configured.</summary>
public sealed record ProvisionRequest
{
    public string Name { get; init; } = "";

    public string Provider { get; init; } = "";

    public string Image { get; init; } = "";

    public string Region { get; init; } = "";

    public string Size { get; init; } = "";

    /// <summary>Where else it may be made; "" is what the request itself says.</summary>
    public IReadOnlyList<Placement> Alternatives { get; init; } = [];

    public int Capacity { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string UserData { get; init; } = "";

    public string RequestId { get; init; } = "";

    public bool ValidateOnly { get; init; }
}
