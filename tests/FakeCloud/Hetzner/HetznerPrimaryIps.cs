using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>/primary_ips: addresses that are billed whether a server has them or not.</summary>
internal sealed class HetznerPrimaryIps(World world, MachineRoom room, HetznerShelves shelves)
{
    public CloudReply Create(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var type = body.RequiredText("type");
        var location = body.IdOrName("location");
        var autoDelete = body.Flag("auto_delete") ?? false;
        var labels = HetznerLabels.Read(body);
        if (body.Text("assignee_type") is not (null or "server")) body.Refuse("assignee_type", "must be server");
        if (body.Number("assignee_id") is not null) body.Refuse("assignee_id", "is not supported here: name the address when creating the server");
        if (type is not ("" or "ipv4" or "ipv6")) body.Refuse("type", "must be ipv4 or ipv6");
        var place = HetznerCatalog.Find(HetznerCatalog.Locations, location ?? "");
        if (place is null) body.Refuse("location", "is required and must be one that exists");
        body.End();
        if (shelves.PrimaryIps.Named(name) is not null) throw HetznerErrors.NotUnique("primary IP", "name");
        var address = Add(name, type, type == "ipv4" ? room.NewAddress() : "", (string)place!["name"]!, autoDelete, assignee: null);
        shelves.PrimaryIps.Change(address, "labels", HetznerViews.LabelsOf(labels));
        return CloudReply.Created(new JsonObject { ["primary_ip"] = address.Data.DeepClone(), ["action"] = null });
    }

    public void CheckDelete(Resource address)
    {
        if (address.Data["assignee_id"] is not null)
            throw HetznerErrors.Conflict("primary_ip_assigned", "primary IP is assigned to a server");
        room.FreeAddress((string)address.Data["ip"]!);
    }

    /// <summary>An address that a new server can have.</summary>
    public Resource Free(long id, string type, string region)
    {
        var address = shelves.PrimaryIps.Find($"{id}") ?? throw HetznerErrors.NotFound("primary IP", id);
        if ((string?)address.Data["type"] != type)
            throw new CloudException(StatusCodes.Status422UnprocessableEntity, "primary_ip_version_mismatch", "primary IP has the wrong version");
        if (address.Data["assignee_id"] is not null)
            throw HetznerErrors.Conflict("primary_ip_assigned", "primary IP is already assigned");
        return (string?)address.Data["location"]!["name"] == region
            ? address
            : throw new CloudException(
                StatusCodes.Status422UnprocessableEntity, "primary_ip_datacenter_mismatch", "primary IP is in another location");
    }

    /// <summary>Gives the server an address, a new one if it has none of its own, and tells its id.</summary>
    public long Assign(Resource? own, string type, Machine server)
    {
        if (own is null)
        {
            var id = world.NewId();
            own = Add($"primary_ip-{id}", type, type == "ipv4" ? server.PublicAddress : "", server.Region, autoDelete: true, server.Id, id);
        }

        shelves.PrimaryIps.Change(own, "assignee_id", server.Id);
        shelves.PrimaryIps.Change(own, "assignee_type", "server");
        return (long)own.Data["id"]!;
    }

    private Resource Add(string name, string type, string ip, string region, bool autoDelete, long? assignee, long? newId = null)
    {
        var id = newId ?? world.NewId();
        return shelves.PrimaryIps.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["ip"] = type == "ipv4" ? ip : $"2001:db8:{id >> 16 & 0xFFFF:x}:{id & 0xFFFF:x}::/64",
            ["labels"] = new JsonObject(),
            ["name"] = name,
            ["type"] = type,
            ["protection"] = new JsonObject { ["delete"] = false },
            ["dns_ptr"] = new JsonArray(),
            ["assignee_id"] = assignee,
            ["assignee_type"] = assignee is null ? "unassigned" : "server",
            ["auto_delete"] = autoDelete,
            ["blocked"] = false,
            ["created"] = HetznerViews.Time(world.Now),
            ["location"] = HetznerCatalog.Find(HetznerCatalog.Locations, region)!.DeepClone(),
        });
    }
}
