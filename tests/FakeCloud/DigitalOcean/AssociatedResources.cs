using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>/droplets/{id}/destroy_with_associated_resources: a droplet together with its volumes.</summary>
internal sealed class AssociatedResources(
    World world, Hypervisor hypervisor, DigitalOceanShelves shelves, Droplets droplets, DropletViews views)
{
    private static readonly string[] Kinds = ["reserved_ips", "floating_ips", "snapshots", "volumes", "volume_snapshots"];

    public CloudReply List(CloudCall call)
    {
        var droplet = droplets.Find(call);
        var answer = Empty();
        foreach (var volume in views.VolumesOf(droplet))
            answer["volumes"]!.AsArray().Add(new JsonObject { ["id"] = volume.Id, ["name"] = volume.Name, ["cost"] = "1.0" });
        return CloudReply.Ok(answer);
    }

    public CloudReply DestroySome(CloudCall call)
    {
        var droplet = droplets.Find(call);
        var body = call.OptionalBody();
        var wanted = Kinds.ToDictionary(kind => kind, kind => body?.Texts(kind) ?? []);
        body?.End();
        var unknown = wanted.Where(kind => kind.Key != "volumes" && kind.Value.Count > 0).Select(kind => kind.Key).ToList();
        if (unknown.Count > 0) throw DigitalOceanErrors.Unprocessable($"The droplet has no such {unknown[0]}.");
        return Destroy(call, droplet, volume => wanted["volumes"].Contains(volume.Id));
    }

    public CloudReply DestroyAll(CloudCall call)
    {
        var droplet = droplets.Find(call);
        return string.Equals(call.Header("X-Dangerous"), "true", StringComparison.OrdinalIgnoreCase)
            ? Destroy(call, droplet, _ => true)
            : throw DigitalOceanErrors.Unprocessable("The X-Dangerous header must be true.");
    }

    public CloudReply Status(CloudCall call)
    {
        if (world.Machines.Find(DigitalOceanCloud.CloudName, call.Id) is not { Destroyed: { } destroyed } droplet) throw DigitalOceanErrors.NotFound;
        return CloudReply.Ok(new JsonObject
        {
            ["droplet"] = new JsonObject { ["id"] = $"{droplet.Id}", ["name"] = droplet.Name, ["destroyed_at"] = DropletViews.Time(destroyed) },
            ["resources"] = Empty(),
            ["completed_at"] = DropletViews.Time(destroyed),
            ["failures"] = 0,
        });
    }

    private static JsonObject Empty() => new(Kinds.Select(kind => KeyValuePair.Create(kind, (JsonNode?)new JsonArray())));

    private CloudReply Destroy(CloudCall call, Machine droplet, Func<Resource, bool> isWanted)
    {
        if (droplet.Destroyed is not null) throw DigitalOceanErrors.NotFound;
        var volumes = views.VolumesOf(droplet).Where(isWanted).ToList();
        if (hypervisor.Destroy(call, droplet, world.Settings.DeleteDuration))
        {
            foreach (var volume in volumes) shelves.Volumes.Remove(volume);
        }

        return CloudReply.Accepted(body: null);
    }
}
