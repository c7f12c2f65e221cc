using ServersGrpc.FakeCloud.Billing;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>All that a project has beside its servers.</summary>
internal sealed class HetznerShelves(World world, Ledger ledger)
{
    public ResourceShelf SshKeys { get; } = new(world, ledger, HetznerCloud.CloudName, "ssh_keys");

    public ResourceShelf Networks { get; } = new(world, ledger, HetznerCloud.CloudName, "networks");

    public ResourceShelf Firewalls { get; } = new(world, ledger, HetznerCloud.CloudName, "firewalls");

    public ResourceShelf Volumes { get; } = new(world, ledger, HetznerCloud.CloudName, "volumes", isBilled: true);

    public ResourceShelf PrimaryIps { get; } = new(world, ledger, HetznerCloud.CloudName, "primary_ips", isBilled: true);
}
