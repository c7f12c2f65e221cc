using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>A machine that was asked for, in either cloud's words, once it is known to be possible.</summary>
internal sealed record MachineOrder(string Cloud, string Name, string Region, string Size)
{
    public string UserData { get; init; } = "";

    public Dictionary<string, string> Labels { get; init; } = [];

    public List<string> Tags { get; init; } = [];

    public JsonObject Details { get; init; } = [];

    /// <summary>Its public address, where it is to have one that is there already.</summary>
    public string? PublicAddress { get; init; }

    public bool HasPublicAddress { get; init; } = true;

    public bool HasPrivateAddress { get; init; }

    public bool IsStarted { get; init; } = true;

    /// <summary>How long its addresses are not told.</summary>
    public TimeSpan AddressDelay { get; init; }
}
