using System.Globalization;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>Droplets and actions as the API answers them.</summary>
internal sealed class DropletViews(World world, DigitalOceanShelves shelves)
{
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public JsonObject Droplet(Machine machine)
    {
        var details = DropletDetails.Of(machine);
        var now = world.Now;
        var size = DigitalOceanCatalog.FindSize(machine.Size)!;
        return new JsonObject
        {
            ["id"] = machine.Id,
            ["name"] = machine.Name,
            ["memory"] = size["memory"]!.DeepClone(),
            ["vcpus"] = size["vcpus"]!.DeepClone(),
            ["disk"] = size["disk"]!.DeepClone(),
            ["locked"] = now < machine.ReadyAt,
            ["status"] = now < machine.ReadyAt ? "new" : machine.IsOn ? "active" : "off",
            ["kernel"] = null,
            ["created_at"] = Time(machine.Created),
            ["features"] = new JsonArray([.. details.Features.Select(feature => JsonValue.Create(feature))]),
            ["backup_ids"] = new JsonArray(),
            ["next_backup_window"] = null,
            ["snapshot_ids"] = new JsonArray(),
            ["image"] = DigitalOceanCatalog.FindImage(details.Image)!.DeepClone(),
            ["volume_ids"] = new JsonArray([.. VolumesOf(machine).Select(volume => JsonValue.Create(volume.Id))]),
            ["size"] = size.DeepClone(),
            ["size_slug"] = machine.Size,
            ["networks"] = Networks(machine, details, now),
            ["region"] = DigitalOceanCatalog.FindRegion(machine.Region)!.DeepClone(),
            ["tags"] = new JsonArray([.. machine.Tags.Select(tag => JsonValue.Create(tag))]),
            ["vpc_uuid"] = details.Vpc,
        };
    }

    public JsonObject Action(CloudAction action)
    {
        var isFinished = action.IsFinished(world.Now);
        return new JsonObject
        {
            ["id"] = action.Id,
            ["status"] = !isFinished ? "in-progress" : action.Error is null ? "completed" : "errored",
            ["type"] = action.Command,
            ["started_at"] = Time(action.Started),
            ["completed_at"] = isFinished ? Time(action.Finishes) : null,
            ["resource_id"] = action.Machine,
            ["resource_type"] = "droplet",
            ["region"] = DigitalOceanCatalog.FindRegion(action.Region)!.DeepClone(),
            ["region_slug"] = action.Region,
        };
    }

    public IEnumerable<Resource> VolumesOf(Machine machine) => shelves.Volumes.All
        .Where(volume => volume.Data["droplet_ids"]!.AsArray().Any(id => (long)id! == machine.Id));

    private static JsonObject Networks(Machine machine, DropletDetails details, DateTimeOffset now)
    {
        var (v4, v6) = (new JsonArray(), new JsonArray());
        if (now >= machine.AddressesAt)
        {
            // The private one comes first: who takes the first address has the wrong one.
            v4.Add(V4(machine.PrivateAddress.Length > 0 ? machine.PrivateAddress : $"10.100.{machine.Id >> 8 & 15}.{machine.Id & 0xFF}", "private"));
            if (machine.PublicAddress.Length > 0) v4.Add(V4(machine.PublicAddress, "public"));
            if (details.Features.Contains("ipv6"))
            {
                v6.Add(new JsonObject
                {
                    ["ip_address"] = $"2001:db8:d0::{machine.Id & 0xFFFF:x}",
                    ["netmask"] = 64,
                    ["gateway"] = "2001:db8:d0::1",
                    ["type"] = "public",
                });
            }
        }

        return new JsonObject { ["v4"] = v4, ["v6"] = v6 };
    }

    private static JsonObject V4(string address, string type) => new()
    {
        ["ip_address"] = address,
        ["netmask"] = "255.255.240.0",
        ["gateway"] = type == "public" ? "127.255.0.1" : null,
        ["type"] = type,
    };
}
