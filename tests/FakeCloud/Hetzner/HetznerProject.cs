using System.Net;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>The making of SSH keys, networks and firewalls, and how they are answered.</summary>
internal sealed class HetznerProject(World world, HetznerShelves shelves)
{
    public CloudReply CreateSshKey(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var publicKey = body.RequiredText("public_key");
        var labels = HetznerLabels.Read(body);
        var fingerprint = SshKeys.Fingerprint(publicKey);
        if (publicKey.Length > 0 && fingerprint is null) body.Refuse("public_key", "is not a valid SSH public key");
        body.End();
        if (shelves.SshKeys.Named(name) is not null) throw HetznerErrors.NotUnique("SSH key", "name");
        if (shelves.SshKeys.All.Any(key => (string?)key.Data["fingerprint"] == fingerprint))
            throw HetznerErrors.NotUnique("SSH key", "public_key");
        var id = world.NewId();
        var key = shelves.SshKeys.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["fingerprint"] = fingerprint,
            ["public_key"] = publicKey,
            ["labels"] = HetznerViews.LabelsOf(labels),
            ["created"] = HetznerViews.Time(call.Now),
        });
        return CloudReply.Created(new JsonObject { ["ssh_key"] = key.Data.DeepClone() });
    }

    public CloudReply CreateNetwork(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var range = body.RequiredText("ip_range");
        var labels = HetznerLabels.Read(body);
        var expose = body.Flag("expose_routes_to_vswitch") ?? false;
        var subnets = body.Objects("subnets").ConvertAll(Subnet);
        if (range.Length > 0 && !IPNetwork.TryParse(range, out _)) body.Refuse("ip_range", "is not a valid IP range");
        body.End();
        if (shelves.Networks.Named(name) is not null) throw HetznerErrors.NotUnique("network", "name");
        var id = world.NewId();
        var network = shelves.Networks.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["created"] = HetznerViews.Time(call.Now),
            ["ip_range"] = range,
            ["subnets"] = new JsonArray([.. subnets]),
            ["routes"] = new JsonArray(),
            ["load_balancers"] = new JsonArray(),
            ["protection"] = new JsonObject { ["delete"] = false },
            ["labels"] = HetznerViews.LabelsOf(labels),
            ["expose_routes_to_vswitch"] = expose,
        });
        return CloudReply.Created(new JsonObject { ["network"] = NetworkView(network) });
    }

    public CloudReply CreateFirewall(CloudCall call)
    {
        var body = call.Body();
        var name = body.RequiredText("name");
        var labels = HetznerLabels.Read(body);
        var rules = body.Objects("rules").ConvertAll(Rule);
        if (body.Objects("apply_to").Count > 0) body.Refuse("apply_to", "is not supported here: name the firewall when creating the server");
        body.End();
        if (shelves.Firewalls.Named(name) is not null) throw HetznerErrors.NotUnique("firewall", "name");
        var id = world.NewId();
        var firewall = shelves.Firewalls.Add($"{id}", new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["labels"] = HetznerViews.LabelsOf(labels),
            ["created"] = HetznerViews.Time(call.Now),
            ["rules"] = new JsonArray([.. rules]),
        });
        return CloudReply.Created(new JsonObject { ["firewall"] = FirewallView(firewall), ["actions"] = new JsonArray() });
    }

    public JsonObject NetworkView(Resource network)
    {
        var view = network.Data.DeepClone().AsObject();
        view["servers"] = new JsonArray(
            [.. ServersWith(details => details.Networks.Contains((long)network.Data["id"]!)).Select(id => JsonValue.Create(id))]);
        return view;
    }

    public JsonObject FirewallView(Resource firewall)
    {
        var view = firewall.Data.DeepClone().AsObject();
        view["applied_to"] = new JsonArray(
        [
            .. ServersWith(details => details.Firewalls.Contains((long)firewall.Data["id"]!)).Select(id => new JsonObject
            {
                ["type"] = "server",
                ["server"] = new JsonObject { ["id"] = id },
            }),
        ]);
        return view;
    }

    public void CheckDeleteNetwork(Resource network)
    {
        if (NetworkView(network)["servers"]!.AsArray().Count > 0) throw HetznerErrors.InUse("network");
    }

    public void CheckDeleteFirewall(Resource firewall)
    {
        if (FirewallView(firewall)["applied_to"]!.AsArray().Count > 0) throw HetznerErrors.InUse("firewall");
    }

    private static JsonObject Subnet(Fields subnet)
    {
        var data = new JsonObject
        {
            ["type"] = subnet.RequiredText("type"),
            ["ip_range"] = subnet.Text("ip_range"),
            ["network_zone"] = subnet.RequiredText("network_zone"),
            ["gateway"] = subnet.Text("gateway"),
        };
        subnet.EndObject();
        return data;
    }

    private static JsonObject Rule(Fields rule)
    {
        var data = new JsonObject
        {
            ["direction"] = rule.RequiredText("direction"),
            ["protocol"] = rule.RequiredText("protocol"),
            ["port"] = rule.Text("port"),
            ["source_ips"] = new JsonArray([.. rule.Texts("source_ips").Select(ip => JsonValue.Create(ip))]),
            ["destination_ips"] = new JsonArray([.. rule.Texts("destination_ips").Select(ip => JsonValue.Create(ip))]),
            ["description"] = rule.Text("description"),
        };
        rule.EndObject();
        return data;
    }

    private IEnumerable<long> ServersWith(Func<ServerDetails, bool> fits) => world.Machines.Living
        .Where(machine => machine.Cloud == HetznerCloud.CloudName && fits(ServerDetails.Of(machine)))
        .Select(machine => machine.Id);
}
