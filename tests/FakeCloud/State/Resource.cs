using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.State;

/// <summary>Anything of a cloud that is not a machine: a key, a network, a volume, an address.</summary>
/// <param name="Cloud">Whose.</param>
/// <param name="Kind">As in its path: "volumes".</param>
/// <param name="Id">As text, whatever it is on the wire.</param>
/// <param name="Data">As the cloud answers it, but for what follows from other things.</param>
internal sealed record Resource(string Cloud, string Kind, string Id, JsonObject Data)
{
    public string Key => KeyOf(Cloud, Kind, Id);

    public string Name => (string?)Data["name"] ?? "";

    public static string KeyOf(string cloud, string kind, string id) => $"{cloud}/{kind}/{id}";
}
