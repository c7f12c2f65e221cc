using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>What only DigitalOcean knows of a machine.</summary>
/// <param name="Image">Its id, as text.</param>
/// <param name="Vpc">The network that it is in.</param>
/// <param name="Features">Such as "ipv6".</param>
internal sealed record DropletDetails(string Image, string Vpc, IReadOnlyList<string> Features)
{
    public static DropletDetails Of(Machine machine) => machine.Details.Deserialize<DropletDetails>(Json.Options)!;

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json.Options)!.AsObject();
}
