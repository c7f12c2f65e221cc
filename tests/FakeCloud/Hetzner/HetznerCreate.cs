using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>POST /servers.</summary>
internal sealed class HetznerCreate(
    World world, Hypervisor hypervisor, HetznerShelves shelves, HetznerViews views, HetznerServers servers, HetznerPrimaryIps primaryIps)
{
    private const int MaxUserData = 32 * 1024;
    private const string DefaultLocation = "fsn1";

    public CloudReply Create(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var type = Entry(body, "server_type", HetznerCatalog.ServerTypes, "server type", isRequired: true);
        var location = Entry(body, "location", HetznerCatalog.Locations, "location", isRequired: false);
        var image = ImageOf(body, type);
        var sshKeys = body.IdsOrNames("ssh_keys");
        var userData = body.Text("user_data") ?? "";
        var isStarted = body.Flag("start_after_create") ?? true;
        var labels = HetznerLabels.Read(body) ?? [];
        var automount = body.Flag("automount");
        var volumes = body.Numbers("volumes");
        var networks = body.Numbers("networks");
        var firewalls = body.Objects("firewalls").ConvertAll(firewall =>
        {
            var id = firewall.Number("firewall");
            if (id is null) firewall.Refuse("firewall", "is required");
            firewall.EndObject();
            return id ?? 0;
        });
        var placementGroup = body.Number("placement_group");
        var publicNet = body.Object("public_net");
        var hasIPv4 = publicNet?.Flag("enable_ipv4") ?? true;
        var hasIPv6 = publicNet?.Flag("enable_ipv6") ?? true;
        var ipv4 = publicNet?.Number("ipv4");
        var ipv6 = publicNet?.Number("ipv6");
        publicNet?.EndObject();

        if (name.Length > 0 && !HetznerServers.IsHostname(name)) body.Refuse("name", "is not a valid hostname");
        if (Encoding.UTF8.GetByteCount(userData) > MaxUserData) body.Refuse("user_data", "is too long");
        if (body.Value("datacenter") is not null) body.Refuse("datacenter", "was removed, use location");
        if (automount is true && volumes.Count == 0) body.Refuse("automount", "needs volumes");
        if (!hasIPv4 && ipv4 is not null) body.Refuse("public_net.ipv4", "needs enable_ipv4");
        if (!hasIPv6 && ipv6 is not null) body.Refuse("public_net.ipv6", "needs enable_ipv6");
        if (isStarted && !hasIPv4 && !hasIPv6 && networks.Count == 0) body.Refuse("public_net", "a started server needs a network");
        var region = location is null ? DefaultRegion(type) : (string)location["name"]!;
        if (type is not null && !IsOffered(type, region)) body.Refuse("location", "unsupported location for server type");
        body.End();

        CheckReferences(sshKeys, volumes, networks, firewalls, region);
        if (placementGroup is { } group) throw HetznerErrors.NotFound("placement group", group);
        if (servers.IsTaken(name)) throw HetznerErrors.NotUnique("server", "name");
        var own4 = ipv4 is { } id4 ? primaryIps.Free(id4, "ipv4", region) : null;
        var own6 = ipv6 is { } id6 ? primaryIps.Free(id6, "ipv6", region) : null;
        if (world.Machines.Living.Count(machine => machine.Cloud == HetznerCloud.CloudName) >= world.Settings.MachineLimit)
            throw HetznerErrors.LimitExceeded;

        var server = hypervisor.Create(call, new MachineOrder(HetznerCloud.CloudName, name, region, (string)type!["name"]!)
        {
            UserData = userData,
            Labels = labels,
            HasPublicAddress = hasIPv4,
            PublicAddress = (string?)own4?.Data["ip"],
            HasPrivateAddress = networks.Count > 0,
            IsStarted = isStarted,
        });
        var details = new ServerDetails(
            $"{image!["id"]}",
            hasIPv4 ? primaryIps.Assign(own4, "ipv4", server) : null,
            hasIPv6 ? primaryIps.Assign(own6, "ipv6", server) : null,
            networks,
            firewalls);
        foreach (var (key, value) in details.ToJson()) server.Details[key] = value?.DeepClone();
        world.Machines.Save(server);
        foreach (var volume in volumes) HetznerVolumes.Attach(shelves, shelves.Volumes.Find($"{volume}")!, server.Id);
        return CloudReply.Created(Answer(call, server, isStarted, sshKeys, volumes.Count, networks.Count));
    }

    private static JsonObject? Entry(Fields body, string field, IReadOnlyList<JsonObject> catalog, string what, bool isRequired)
    {
        if (body.IdOrName(field) is not { Length: > 0 } wanted)
        {
            if (isRequired) body.Refuse(field, "is required");
            return null;
        }

        var entry = HetznerCatalog.Find(catalog, wanted);
        if (entry is null) body.Refuse(field, $"{what} {wanted} not found");
        return entry;
    }

    // A name may be of several images, one an architecture.
    private static JsonObject? ImageOf(Fields body, JsonObject? type)
    {
        if (body.IdOrName("image") is not { Length: > 0 } wanted)
        {
            body.Refuse("image", "is required");
            return null;
        }

        var images = HetznerCatalog.Images.Where(image => $"{image["id"]}" == wanted || (string?)image["name"] == wanted).ToList();
        if (images.Count == 0)
        {
            body.Refuse("image", $"image {wanted} not found");
            return null;
        }

        var fitting = images.Find(image => type is null || (string?)image["architecture"] == (string?)type["architecture"]);
        if (fitting is null) body.Refuse("image", "image architecture does not fit the server type");
        return fitting;
    }

    private static string DefaultRegion(JsonObject? type) =>
        type is null || IsOffered(type, DefaultLocation) ? DefaultLocation : (string)type["locations"]![0]!["name"]!;

    private static bool IsOffered(JsonObject type, string region) =>
        type["locations"]!.AsArray().Any(location => (string?)location!["name"] == region);

    private void CheckReferences(
        IEnumerable<string> sshKeys, IEnumerable<long> volumes, IEnumerable<long> networks, IEnumerable<long> firewalls, string region)
    {
        foreach (var key in sshKeys)
        {
            if (shelves.SshKeys.Find(key) is null && shelves.SshKeys.Named(key) is null) throw HetznerErrors.NotFound("SSH key", key);
        }

        foreach (var id in networks)
        {
            if (shelves.Networks.Find($"{id}") is null) throw HetznerErrors.NotFound("network", id);
        }

        foreach (var id in firewalls)
        {
            if (shelves.Firewalls.Find($"{id}") is null) throw HetznerErrors.NotFound("firewall", id);
        }

        foreach (var id in volumes)
        {
            if (shelves.Volumes.Find($"{id}") is not { } volume) throw HetznerErrors.NotFound("volume", id);
            if (volume.Data["server"] is not null) throw HetznerErrors.Conflict("volume_already_attached", "volume is already attached");
            if ((string?)volume.Data["location"]!["name"] != region)
                throw new InvalidFieldsException("volumes", "volume is in another location");
        }
    }

    private JsonObject Answer(
        CloudCall call, Machine server, bool isStarted, IReadOnlyCollection<string> sshKeys, int volumes, int networks)
    {
        var error = call.Fault(FaultKind.ActionFailed) is null ? null : "action_failed";
        var action = hypervisor.Begin(server, "create_server", server.StartsAt - call.Now, error);
        var next = new JsonArray();
        var ready = server.ReadyAt - call.Now;
        if (isStarted) next.Add(views.Action(hypervisor.Begin(server, "start_server", ready, error)));
        for (var count = 0; count < networks; count++) next.Add(views.Action(hypervisor.Begin(server, "attach_to_network", ready)));
        for (var count = 0; count < volumes; count++) next.Add(views.Action(hypervisor.Begin(server, "attach_volume", ready)));
        return new JsonObject
        {
            ["server"] = views.Server(server),
            ["action"] = views.Action(action),
            ["next_actions"] = next,
            ["root_password"] = sshKeys.Count == 0 ? $"pw{server.Id}" : null,
        };
    }
}
