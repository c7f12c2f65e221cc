using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Billing;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>All that a team has beside its droplets.</summary>
internal sealed class DigitalOceanShelves(World world, Ledger ledger)
{
    public ResourceShelf Keys { get; } = new(world, ledger, DigitalOceanCloud.CloudName, "keys");

    public ResourceShelf Vpcs { get; } = new(world, ledger, DigitalOceanCloud.CloudName, "vpcs");

    public ResourceShelf Firewalls { get; } = new(world, ledger, DigitalOceanCloud.CloudName, "firewalls");

    public ResourceShelf Tags { get; } = new(world, ledger, DigitalOceanCloud.CloudName, "tags");

    public ResourceShelf Volumes { get; } = new(world, ledger, DigitalOceanCloud.CloudName, "volumes", isBilled: true);

    /// <summary>The network of all that names none; made when it is first needed.</summary>
    public Resource DefaultVpc(string region)
    {
        var vpc = Vpcs.All.FirstOrDefault(vpc => (string?)vpc.Data["region"] == region && (bool)vpc.Data["default"]!);
        return vpc ?? AddVpc($"default-{region}", region, $"10.{100 + DigitalOceanCatalog.Regions.TakeWhile(known => (string?)known["slug"] != region).Count()}.0.0/20", "", isDefault: true);
    }

    public Resource AddVpc(string name, string region, string range, string description, bool isDefault)
    {
        var id = Guid.NewGuid().ToString();
        return Vpcs.Add(id, new JsonObject
        {
            ["id"] = id,
            ["urn"] = $"do:vpc:{id}",
            ["name"] = name,
            ["description"] = description,
            ["region"] = region,
            ["ip_range"] = range,
            ["created_at"] = DropletViews.Time(world.Now),
            ["default"] = isDefault,
        });
    }
}
