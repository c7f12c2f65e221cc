using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>/volumes: disks that are billed whether a server has them or not.</summary>
internal sealed class HetznerVolumes(World world, Hypervisor hypervisor, HetznerShelves shelves, HetznerViews views)
{
    private const int MinSize = 10;
    private const int MaxSize = 10_240;

    public static void Attach(HetznerShelves shelves, Resource volume, long? server) =>
        shelves.Volumes.Change(volume, "server", server);

    public CloudReply Create(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var size = body.Number("size");
        var location = body.IdOrName("location");
        var server = body.Number("server");
        var labels = HetznerLabels.Read(body);
        body.Flag("automount");
        var format = body.Text("format");
        if (size is null or < MinSize or > MaxSize) body.Refuse("size", $"must be from {MinSize} to {MaxSize}");
        if (format is not (null or "ext4" or "xfs")) body.Refuse("format", "must be ext4 or xfs");
        if (location is null == server is null) body.Refuse("location", "either a location or a server is required");
        if (location is not null && HetznerCatalog.Find(HetznerCatalog.Locations, location) is null) body.Refuse("location", "location not found");
        body.End();
        if (shelves.Volumes.Named(name) is not null) throw HetznerErrors.NotUnique("volume", "name");
        var machine = server is { } owner
            ? world.Machines.Find(HetznerCloud.CloudName, owner) is { Destroyed: null } found ? found : throw HetznerErrors.NotFound("server", owner)
            : null;

        var id = world.NewId();
        var volume = shelves.Volumes.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["server"] = server,
            ["status"] = "available",
            ["location"] = HetznerCatalog.Find(HetznerCatalog.Locations, location ?? machine!.Region)!.DeepClone(),
            ["size"] = size,
            ["format"] = format,
            ["protection"] = new JsonObject { ["delete"] = false },
            ["labels"] = HetznerViews.LabelsOf(labels),
            ["linux_device"] = $"/dev/disk/by-id/scsi-0HC_Volume_{id}",
            ["created"] = HetznerViews.Time(call.Now),
        });
        return CloudReply.Created(new JsonObject
        {
            ["volume"] = volume.Data.DeepClone(),
            ["action"] = machine is null ? null : views.Action(hypervisor.Begin(machine, "create_volume")),
            ["next_actions"] = machine is null ? [] : new JsonArray(views.Action(hypervisor.Begin(machine, "attach_volume"))),
        });
    }

    public CloudReply AttachTo(CloudCall call)
    {
        var volume = Find(call);
        var body = call.Body();
        var server = body.Number("server");
        body.Flag("automount");
        if (server is null) body.Refuse("server", "is required");
        body.End();
        if (volume.Data["server"] is not null) throw HetznerErrors.Conflict("volume_already_attached", "volume is already attached");
        if (world.Machines.Find(HetznerCloud.CloudName, server!.Value) is not { Destroyed: null } machine)
            throw HetznerErrors.NotFound("server", server);
        Attach(shelves, volume, machine.Id);
        return CloudReply.Created(new JsonObject { ["action"] = views.Action(hypervisor.Begin(machine, "attach_volume")) });
    }

    public CloudReply Detach(CloudCall call)
    {
        var volume = Find(call);
        call.OptionalBody()?.End();
        if ((long?)volume.Data["server"] is not { } server || world.Machines.Find(HetznerCloud.CloudName, server) is not { } machine)
            throw HetznerErrors.Conflict("conflict", "volume is not attached");
        Attach(shelves, volume, server: null);
        return CloudReply.Created(new JsonObject { ["action"] = views.Action(hypervisor.Begin(machine, "detach_volume")) });
    }

    public static void CheckDelete(Resource volume)
    {
        if (volume.Data["server"] is not null) throw HetznerErrors.InUse("volume");
    }

    private Resource Find(CloudCall call) => shelves.Volumes.Find(call.Text("id")) ?? throw HetznerErrors.NotFound("volume", call.Id);
}
