using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>/droplets but for the creating of them.</summary>
internal sealed class Droplets(World world, Hypervisor hypervisor, DigitalOceanShelves shelves, DropletViews views)
{
    private static readonly string[] Switches = ["power_on", "power_off", "shutdown", "reboot", "power_cycle"];

    public CloudReply List(CloudCall call)
    {
        var query = call.Query();
        var (tag, name, type) = (query.Text("tag_name"), query.Text("name"), query.Text("type"));
        if (tag is not null && (name ?? type) is not null) query.Refuse("tag_name", "can not be combined with name or type");
        if (type is not (null or "droplets" or "gpus")) query.Refuse("type", "must be droplets or gpus");
        var droplets = world.Machines.Listed(DigitalOceanCloud.CloudName)
            .Where(droplet => tag is null || droplet.Tags.Contains(tag))
            .Where(droplet => name is null || droplet.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Where(_ => type is not "gpus")
            .ToList();
        return DigitalOceanPages.Reply(
            call, query, "droplets", droplets, views.Droplet, ("tag_name", tag), ("name", name), ("type", type));
    }

    public CloudReply Get(CloudCall call)
    {
        if (call.Fault(FaultKind.NotFoundEarly) is { } hidden && world.Machines.Find(DigitalOceanCloud.CloudName, call.Id) is { } machine)
        {
            machine.HiddenUntil = call.Now + hidden.Duration;
            world.Machines.Save(machine);
        }

        return CloudReply.Ok(new JsonObject { ["droplet"] = views.Droplet(Find(call)) });
    }

    public CloudReply Delete(CloudCall call)
    {
        var droplet = Find(call);
        if (droplet.Destroyed is null) hypervisor.Destroy(call, droplet, world.Settings.DeleteDuration);
        return CloudReply.NoContent;
    }

    public CloudReply DeleteByTag(CloudCall call)
    {
        var query = call.Query();
        if (query.Text("tag_name") is not { Length: > 0 } tag)
        {
            query.Refuse("tag_name", "is required");
            tag = "";
        }

        query.End();
        if (shelves.Tags.Find(tag) is null) throw DigitalOceanErrors.NotFound;
        var droplets = world.Machines.Living
            .Where(droplet => droplet.Cloud == DigitalOceanCloud.CloudName && droplet.Tags.Contains(tag)).ToList();
        foreach (var droplet in droplets) hypervisor.Destroy(call, droplet, world.Settings.DeleteDuration);
        return CloudReply.NoContent;
    }

    public CloudReply Act(CloudCall call)
    {
        var droplet = Find(call);
        var body = call.Body();
        var type = body.RequiredText("type");
        if (type.Length > 0 && type != "rename" && !Switches.Contains(type)) body.Refuse("type", "is not supported here");
        var name = type == "rename" ? body.RequiredText("name") : null;
        body.End();
        if (call.Now < droplet.ReadyAt || droplet.Destroyed is not null)
            throw DigitalOceanErrors.Unprocessable("Droplet already has a pending event.");
        if (type == "power_on" && droplet.IsOn) throw DigitalOceanErrors.Unprocessable("Droplet is already powered on.");
        if (name is not null)
        {
            droplet.Name = name;
            world.Machines.Save(droplet);
        }
        else
        {
            hypervisor.Switch(droplet, isOn: type is not ("power_off" or "shutdown"));
        }

        return CloudReply.Created(new JsonObject { ["action"] = views.Action(hypervisor.Begin(droplet, type)) });
    }

    public CloudReply ListActions(CloudCall call)
    {
        var droplet = Find(call);
        return ReplyActions(call, ActionsOf().Where(action => action.Machine == droplet.Id));
    }

    public CloudReply GetAction(CloudCall call) => Reply(
        ActionsOf().FirstOrDefault(action => action.Machine == Find(call).Id && $"{action.Id}" == call.Text("action")));

    public CloudReply ListAllActions(CloudCall call) => ReplyActions(call, ActionsOf());

    public CloudReply GetAnyAction(CloudCall call) =>
        Reply(world.Actions.Find(CloudAction.KeyOf(DigitalOceanCloud.CloudName, call.Id)));

    /// <summary>What a droplet leaves behind when it is gone.</summary>
    public void Detach(Machine droplet)
    {
        if (droplet.Cloud != DigitalOceanCloud.CloudName) return;
        foreach (var volume in views.VolumesOf(droplet).ToList()) shelves.Volumes.Change(volume, "droplet_ids", new JsonArray());
    }

    public Machine Find(CloudCall call) =>
        world.Machines.Find(DigitalOceanCloud.CloudName, call.Id) is { } droplet && droplet.IsFound(call.Now)
            ? droplet
            : throw DigitalOceanErrors.NotFound;

    private IEnumerable<CloudAction> ActionsOf() => world.Actions.All.Where(action => action.Cloud == DigitalOceanCloud.CloudName);

    private CloudReply ReplyActions(CloudCall call, IEnumerable<CloudAction> actions) => DigitalOceanPages.Reply(
        call, call.Query(), "actions", [.. actions.OrderByDescending(action => action.Id)], views.Action);

    private CloudReply Reply(CloudAction? action) =>
        CloudReply.Ok(new JsonObject { ["action"] = views.Action(action ?? throw DigitalOceanErrors.NotFound) });
}
