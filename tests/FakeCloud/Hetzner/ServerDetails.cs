using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>What only Hetzner knows of a machine.</summary>
/// <param name="Image">Its id, as text.</param>
/// <param name="IPv4">The id of its primary address; null: none.</param>
/// <param name="IPv6">Likewise.</param>
internal sealed record ServerDetails(
    string Image, long? IPv4, long? IPv6, IReadOnlyList<long> Networks, IReadOnlyList<long> Firewalls)
{
    public static ServerDetails Of(Machine machine) => machine.Details.Deserialize<ServerDetails>(Json.Options)!;

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json.Options)!.AsObject();
}
