using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>POST /droplets, of one or of several.</summary>
internal sealed partial class DropletCreate(
    World world, Hypervisor hypervisor, DigitalOceanShelves shelves, DropletTags tags, DropletViews views)
{
    private const int MaxUserData = 64 * 1024;
    private const int MaxNames = 10;

    public CloudReply Create(CloudCall call)
    {
        var body = call.Body();
        var name = body.Text("name");
        var names = body.Texts("names");
        var size = body.IdOrName("size") is { } slug ? DigitalOceanCatalog.FindSize(slug) : null;
        var image = body.IdOrName("image") is { } wanted ? DigitalOceanCatalog.FindImage(wanted) : null;
        var region = body.Text("region");
        var keys = body.IdsOrNames("ssh_keys");
        var isIPv6 = body.Flag("ipv6") ?? false;
        var isMonitored = body.Flag("monitoring") ?? false;
        var isBackedUp = body.Flag("backups") ?? false;
        body.Flag("private_networking");
        body.Flag("with_droplet_agent");
        body.Object("backup_policy");
        var isPublic = body.Flag("public_networking") ?? true;
        var dropletTags = tags.Read(body);
        var userData = body.Text("user_data") ?? "";
        var volumes = body.Texts("volumes");
        var vpc = body.Text("vpc_uuid");
        if (Encoding.UTF8.GetByteCount(userData) > MaxUserData) body.Refuse("user_data", "is too long (maximum is 64 KiB)");
        if (!isPublic && isIPv6) body.Refuse("ipv6", "must be false without public networking");
        body.End();

        Check((name is null) != (names.Count == 0), "Either a name or names are needed to create a Droplet.");
        Check(names.Count <= MaxNames, $"You can create at most {MaxNames} Droplets at once.");
        foreach (var each in names.Append(name).OfType<string>())
            Check(each.Length <= 255 && Hostname().IsMatch(each), "Only valid hostnames are allowed. (a-z, A-Z, 0-9, . and -)");
        Check(size is not null, "You specified an invalid size for Droplet creation.");
        Check(image is not null, "You specified an invalid image for Droplet creation.");
        var place = region is null
            ? DigitalOceanCatalog.Regions.First(known => DigitalOceanCatalog.IsOffered(size!, (string)known["slug"]!))
            : DigitalOceanCatalog.FindRegion(region);
        Check(place is not null, "You specified an invalid region for Droplet creation.");
        var where = (string)place!["slug"]!;
        Check(DigitalOceanCatalog.IsOffered(size!, where), "Size is not available in this region.");
        var unknownKeys = keys.Where(key => FindKey(key) is null).ToList();
        Check(unknownKeys.Count == 0, $"{string.Join(", ", unknownKeys)} are invalid key identifiers for Droplet creation.");
        var network = vpc is null ? shelves.DefaultVpc(where) : shelves.Vpcs.Find(vpc);
        Check(network is not null, "You specified an invalid VPC for Droplet creation.");
        Check((string?)network!.Data["region"] == where, "The VPC is in another region.");
        foreach (var id in volumes)
        {
            var volume = shelves.Volumes.Find(id);
            Check(volume is not null, $"Volume {id} does not exist.");
            Check(volume!.Data["droplet_ids"]!.AsArray().Count == 0, $"Volume {id} is attached already.");
            Check((string?)volume.Data["region"]!["slug"] == where, $"Volume {id} is in another region.");
        }

        var count = Math.Max(1, names.Count);
        Check(
            world.Machines.Living.Count(machine => machine.Cloud == DigitalOceanCloud.CloudName) + count <= world.Settings.MachineLimit,
            "creating this/these droplet(s) will exceed your droplet limit");

        tags.Ensure(dropletTags);
        string[] features = [.. Features(isIPv6, isMonitored, isBackedUp)];
        var droplets = (name is null ? names : [name]).ConvertAll(each => hypervisor.Create(
            call,
            new MachineOrder(DigitalOceanCloud.CloudName, each, where, (string)size!["slug"]!)
            {
                UserData = userData,
                Tags = [.. dropletTags],
                Details = new DropletDetails($"{image!["id"]}", network.Id, features).ToJson(),
                HasPublicAddress = isPublic,
                // Only who asks for a network needs an address there that can be called.
                HasPrivateAddress = vpc is not null,
                AddressDelay = world.Settings.AddressDelay,
            }));
        foreach (var id in volumes)
            shelves.Volumes.Change(shelves.Volumes.Find(id)!, "droplet_ids", new JsonArray(droplets[0].Id));
        return Answer(call, droplets, isSingle: name is not null);
    }

    /// <summary>A key by its id or its fingerprint.</summary>
    public Resource? FindKey(string idOrFingerprint) => shelves.Keys.Find(idOrFingerprint)
        ?? shelves.Keys.All.FirstOrDefault(key => (string?)key.Data["fingerprint"] == idOrFingerprint);

    private static void Check(bool holds, string message)
    {
        if (!holds) throw DigitalOceanErrors.Unprocessable(message);
    }

    private static IEnumerable<string> Features(bool isIPv6, bool isMonitored, bool isBackedUp)
    {
        if (isBackedUp) yield return "backups";
        if (isIPv6) yield return "ipv6";
        if (isMonitored) yield return "monitoring";
        yield return "private_networking";
    }

    private CloudReply Answer(CloudCall call, List<Machine> droplets, bool isSingle)
    {
        var error = call.Fault(FaultKind.ActionFailed) is null ? null : "errored";
        var links = droplets.ConvertAll(droplet =>
        {
            var action = hypervisor.Begin(droplet, "create", droplet.ReadyAt - call.Now, error);
            return new JsonObject { ["id"] = action.Id, ["rel"] = "create", ["href"] = $"{call.Origin}/v2/actions/{action.Id}" };
        });
        var answer = new JsonObject { ["links"] = new JsonObject { ["actions"] = new JsonArray([.. links]) } };
        if (isSingle)
            answer["droplet"] = views.Droplet(droplets[0]);
        else
            answer["droplets"] = new JsonArray([.. droplets.Select(views.Droplet)]);
        return CloudReply.Accepted(answer);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]\z")]
    private static partial Regex Hostname();
}
