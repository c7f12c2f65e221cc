using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>The account, SSH keys, networks, firewalls and volumes.</summary>
internal sealed partial class DigitalOceanTeam(
    World world, Hypervisor hypervisor, DigitalOceanShelves shelves, DropletTags tags, DropletCreate droplets, DropletViews views)
{
    public CloudReply Account(CloudCall call) => CloudReply.Ok(new JsonObject
    {
        ["account"] = new JsonObject
        {
            ["droplet_limit"] = world.Settings.MachineLimit,
            ["floating_ip_limit"] = 3,
            ["reserved_ip_limit"] = 3,
            ["volume_limit"] = 100,
            ["email"] = "team@example.com",
            ["name"] = "Team",
            ["uuid"] = "b6fr89dbf6d9156cace5f3c78dc9851d957381ef",
            ["email_verified"] = true,
            ["status"] = "active",
            ["status_message"] = "",
        },
    });

    public CloudReply CreateKey(CloudCall call)
    {
        var body = call.Body();
        var (name, publicKey) = (body.RequiredText("name"), body.RequiredText("public_key"));
        var fingerprint = SshKeys.Fingerprint(publicKey);
        if (publicKey.Length > 0 && fingerprint is null) body.Refuse("public_key", "Key invalid, key should be of the format `type key [comment]`");
        body.End();
        if (droplets.FindKey(fingerprint!) is not null) throw DigitalOceanErrors.Unprocessable("SSH Key is already in use on your account");
        var id = world.NewId();
        var key = shelves.Keys.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["fingerprint"] = fingerprint,
            ["public_key"] = publicKey,
            ["name"] = name,
        });
        return CloudReply.Created(new JsonObject { ["ssh_key"] = key.Data.DeepClone() });
    }

    public Resource? FindKey(string idOrFingerprint) => droplets.FindKey(idOrFingerprint);

    public CloudReply CreateVpc(CloudCall call)
    {
        var body = call.Body();
        var (name, region) = (body.RequiredText("name"), body.RequiredText("region"));
        var (description, range) = (body.Text("description") ?? "", body.Text("ip_range"));
        if (name.Length > 0 && !VpcName().IsMatch(name)) body.Refuse("name", "may only contain alphanumeric characters, dashes, and periods");
        if (region.Length > 0 && DigitalOceanCatalog.FindRegion(region) is null) body.Refuse("region", "is invalid");
        if (range is not null && !IPNetwork.TryParse(range, out _)) body.Refuse("ip_range", "is invalid");
        body.End();
        if (shelves.Vpcs.Named(name) is not null) throw DigitalOceanErrors.Unprocessable("Name is already in use");
        var vpc = shelves.AddVpc(name, region, range ?? $"10.{200 + shelves.Vpcs.All.Count() % 50}.0.0/20", description, isDefault: false);
        return CloudReply.Created(new JsonObject { ["vpc"] = vpc.Data.DeepClone() });
    }

    public void CheckDeleteVpc(Resource vpc)
    {
        if ((bool)vpc.Data["default"]!) throw new CloudException(StatusCodes.Status403Forbidden, "forbidden", "Can not delete the default VPC");
        var isUsed = world.Machines.Living.Any(
            machine => machine.Cloud == DigitalOceanCloud.CloudName && DropletDetails.Of(machine).Vpc == vpc.Id);
        if (isUsed) throw DigitalOceanErrors.Conflict("Can not delete VPC with members");
    }

    public CloudReply CreateFirewall(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var inbound = body.Value("inbound_rules");
        var outbound = body.Value("outbound_rules");
        var ids = body.Numbers("droplet_ids");
        var firewallTags = tags.Read(body);
        if (name.Length > 0 && !FirewallName().IsMatch(name)) body.Refuse("name", "is invalid");
        if (inbound is null && outbound is null) body.Refuse("inbound_rules", "or outbound_rules are required");
        body.End();
        if (shelves.Firewalls.Named(name) is not null) throw DigitalOceanErrors.Conflict("duplicate name");
        if (ids.Exists(id => world.Machines.Find(DigitalOceanCloud.CloudName, id) is not { Destroyed: null }))
            throw DigitalOceanErrors.Unprocessable("invalid droplet id");
        if (firewallTags.Exists(tag => shelves.Tags.Find(tag) is null)) throw DigitalOceanErrors.Unprocessable("invalid tag");
        var id = Guid.NewGuid().ToString();
        var firewall = shelves.Firewalls.Add(id, new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["status"] = "succeeded",
            ["created_at"] = DropletViews.Time(call.Now),
            ["pending_changes"] = new JsonArray(),
            ["inbound_rules"] = inbound is { } rules ? JsonNode.Parse(rules.GetRawText()) : new JsonArray(),
            ["outbound_rules"] = outbound is { } others ? JsonNode.Parse(others.GetRawText()) : new JsonArray(),
            ["droplet_ids"] = new JsonArray([.. ids.Select(droplet => JsonValue.Create(droplet))]),
            ["tags"] = new JsonArray([.. firewallTags.Select(tag => JsonValue.Create(tag))]),
        });
        return CloudReply.Accepted(new JsonObject { ["firewall"] = firewall.Data.DeepClone() });
    }

    /// <summary>Adds droplets or tags to a firewall.</summary>
    public CloudReply ExtendFirewall(CloudCall call) => ChangeFirewall(call, (entries, added) =>
        [.. entries.Where(entry => !added.Contains(entry)), .. added]);

    /// <summary>Takes droplets or tags from a firewall.</summary>
    public CloudReply ReduceFirewall(CloudCall call) => ChangeFirewall(call, (entries, removed) =>
        [.. entries.Where(entry => !removed.Contains(entry))]);

    public CloudReply CreateVolume(CloudCall call)
    {
        var body = call.Body();
        var (name, size, region) = (body.RequiredText("name"), body.Number("size_gigabytes"), body.RequiredText("region"));
        var description = body.Text("description") ?? "";
        var volumeTags = tags.Read(body);
        var (filesystem, label) = (body.Text("filesystem_type") ?? "", body.Text("filesystem_label") ?? "");
        if (size is null or < 1 or > 16_384) body.Refuse("size_gigabytes", "must be from 1 to 16384");
        var place = DigitalOceanCatalog.FindRegion(region);
        if (region.Length > 0 && place is null) body.Refuse("region", "is invalid");
        body.End();
        if (shelves.Volumes.All.Any(volume => volume.Name == name && (string?)volume.Data["region"]!["slug"] == region))
            throw DigitalOceanErrors.Conflict("failed to create volume: already exists");
        tags.Ensure(volumeTags);
        var id = Guid.NewGuid().ToString();
        var added = shelves.Volumes.Add(id, new JsonObject
        {
            ["id"] = id,
            ["region"] = place!.DeepClone(),
            ["droplet_ids"] = new JsonArray(),
            ["name"] = name,
            ["description"] = description,
            ["size_gigabytes"] = size,
            ["created_at"] = DropletViews.Time(call.Now),
            ["filesystem_type"] = filesystem,
            ["filesystem_label"] = label,
            ["tags"] = new JsonArray([.. volumeTags.Select(tag => JsonValue.Create(tag))]),
        });
        return CloudReply.Created(new JsonObject { ["volume"] = added.Data.DeepClone() });
    }

    public CloudReply ActOnVolume(CloudCall call)
    {
        var volume = shelves.Volumes.Find(call.Text("id")) ?? throw DigitalOceanErrors.NotFound;
        var body = call.Body();
        var (type, droplet) = (body.RequiredText("type"), body.Number("droplet_id"));
        body.Text("region");
        if (type is not ("attach" or "detach" or "")) body.Refuse("type", "is not supported here");
        if (droplet is null) body.Refuse("droplet_id", "is required");
        body.End();
        if (world.Machines.Find(DigitalOceanCloud.CloudName, droplet!.Value) is not { Destroyed: null } machine) throw DigitalOceanErrors.NotFound;
        var isAttached = volume.Data["droplet_ids"]!.AsArray().Count > 0;
        if (isAttached == (type == "attach")) throw DigitalOceanErrors.Unprocessable(isAttached ? "volume is attached" : "volume is not attached");
        shelves.Volumes.Change(volume, "droplet_ids", type == "attach" ? new JsonArray(machine.Id) : []);
        return CloudReply.Accepted(new JsonObject { ["action"] = views.Action(hypervisor.Begin(machine, $"{type}_volume")) });
    }

    public static void CheckDeleteVolume(Resource volume)
    {
        if (volume.Data["droplet_ids"]!.AsArray().Count > 0)
            throw DigitalOceanErrors.Conflict("failed to delete volume: resource is attached to a droplet");
    }

    private CloudReply ChangeFirewall(CloudCall call, Func<List<string>, List<string>, List<string>> change)
    {
        var firewall = shelves.Firewalls.Find(call.Text("id")) ?? throw DigitalOceanErrors.NotFound;
        var isTags = call.Url.EndsWith("/tags", StringComparison.Ordinal);
        var body = call.Body();
        var named = isTags ? tags.Read(body) : body.Numbers("droplet_ids").ConvertAll(id => $"{id}");
        body.End();
        var field = isTags ? "tags" : "droplet_ids";
        var entries = change([.. firewall.Data[field]!.AsArray().Select(entry => $"{entry}")], named);
        shelves.Firewalls.Change(
            firewall, field, new JsonArray([.. entries.Select(entry => isTags ? JsonValue.Create(entry) : JsonNode.Parse(entry))]));
        return CloudReply.NoContent;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9\-.]+\z")]
    private static partial Regex VpcName();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9.\-]+\z")]
    private static partial Regex FirewallName();
}
