using System.Globalization;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>Servers and actions as the API answers them.</summary>
internal sealed class HetznerViews(World world, HetznerShelves shelves)
{
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    public static JsonObject LabelsOf(IReadOnlyDictionary<string, string>? labels) =>
        new((labels ?? new Dictionary<string, string>()).Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));

    public static string Status(Machine machine, DateTimeOffset now) =>
        machine.Destroyed is not null && now < machine.FoundUntil ? "deleting"
        : now < machine.StartsAt ? "initializing"
        : now < machine.ReadyAt ? machine.IsOn ? "starting" : "initializing"
        : machine.IsOn ? "running" : "off";

    public JsonObject Server(Machine machine)
    {
        var details = ServerDetails.Of(machine);
        var now = world.Now;
        return new JsonObject
        {
            ["id"] = machine.Id,
            ["name"] = machine.Name,
            ["status"] = Status(machine, now),
            ["created"] = Time(machine.Created),
            ["public_net"] = new JsonObject
            {
                ["ipv4"] = IPv4(details, machine),
                ["ipv6"] = IPv6(details),
                ["floating_ips"] = new JsonArray(),
                ["firewalls"] = new JsonArray(
                    [.. details.Firewalls.Select(id => new JsonObject { ["id"] = id, ["status"] = now < machine.ReadyAt ? "pending" : "applied" })]),
            },
            ["private_net"] = PrivateNet(details, machine),
            ["server_type"] = HetznerCatalog.Find(HetznerCatalog.ServerTypes, machine.Size)!.DeepClone(),
            ["included_traffic"] = 21_990_232_555_520,
            ["outgoing_traffic"] = null,
            ["ingoing_traffic"] = null,
            ["backup_window"] = null,
            ["rescue_enabled"] = false,
            ["iso"] = null,
            ["locked"] = now < machine.StartsAt,
            ["location"] = HetznerCatalog.Find(HetznerCatalog.Locations, machine.Region)!.DeepClone(),
            ["image"] = HetznerCatalog.Find(HetznerCatalog.Images, details.Image)!.DeepClone(),
            ["protection"] = new JsonObject { ["delete"] = false, ["rebuild"] = false },
            ["labels"] = LabelsOf(machine.Labels),
            ["volumes"] = new JsonArray([.. VolumesOf(machine).Select(volume => volume.Data["id"]!.DeepClone())]),
            ["load_balancers"] = new JsonArray(),
            ["primary_disk_size"] = (int)HetznerCatalog.Find(HetznerCatalog.ServerTypes, machine.Size)!["disk"]!,
            ["placement_group"] = null,
        };
    }

    public JsonObject Action(CloudAction action)
    {
        var isFinished = action.IsFinished(world.Now);
        return new JsonObject
        {
            ["id"] = action.Id,
            ["command"] = action.Command,
            ["status"] = !isFinished ? "running" : action.Error is null ? "success" : "error",
            ["progress"] = isFinished ? 100 : 50,
            ["started"] = Time(action.Started),
            ["finished"] = isFinished ? Time(action.Finishes) : null,
            ["resources"] = new JsonArray(new JsonObject { ["id"] = action.Machine, ["type"] = "server" }),
            ["error"] = isFinished && action.Error is not null
                ? new JsonObject { ["code"] = action.Error, ["message"] = "Action failed" }
                : null,
        };
    }

    public IEnumerable<Resource> VolumesOf(Machine machine) =>
        shelves.Volumes.All.Where(volume => (long?)volume.Data["server"] == machine.Id);

    private static JsonArray PrivateNet(ServerDetails details, Machine machine) => new(
    [
        .. details.Networks.Select(network => new JsonObject
        {
            ["network"] = network,
            ["ip"] = machine.PrivateAddress,
            ["alias_ips"] = new JsonArray(),
            ["mac_address"] = $"86:00:00:{machine.Id >> 16 & 0xFF:x2}:{machine.Id >> 8 & 0xFF:x2}:{machine.Id & 0xFF:x2}",
        }),
    ]);

    private JsonObject? IPv4(ServerDetails details, Machine machine) => details.IPv4 is not { } id ? null : new JsonObject
    {
        ["id"] = id,
        ["ip"] = machine.PublicAddress,
        ["blocked"] = false,
        ["dns_ptr"] = $"static.{string.Join('.', machine.PublicAddress.Split('.').Reverse())}.clients.your-server.de",
    };

    private JsonObject? IPv6(ServerDetails details) => details.IPv6 is not { } id ? null : new JsonObject
    {
        ["id"] = id,
        ["ip"] = (string?)shelves.PrimaryIps.Find($"{id}")?.Data["ip"],
        ["blocked"] = false,
        ["dns_ptr"] = new JsonArray(),
    };
}
