using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Billing;

/// <summary>Who owes for what. All needs the world's lock.</summary>
internal sealed class Ledger(World world)
{
    public Bill Bill(string? cloud)
    {
        var now = world.Now;
        var machines = Machines(cloud).ToList();
        var things = world.Billed.All.Where(thing => cloud is null || thing.Cloud == cloud).ToList();
        return new Bill(
            [.. machines.Where(machine => machine.Destroyed is null).Select(Entry)],
            [.. things.Where(thing => thing.Until is null)],
            machines.Count,
            machines.Sum(machine => ((machine.Destroyed ?? now) - machine.Created).TotalSeconds),
            things.Sum(thing => ((thing.Until ?? now) - thing.Since).TotalSeconds));
    }

    /// <summary>Every machine that was ever made, the oldest first.</summary>
    public List<BilledMachine> History(string? cloud) => [.. Machines(cloud).Select(Entry)];

    /// <summary>From now on it costs money.</summary>
    public void Open(Resource resource)
    {
        var thing = new BilledThing(resource.Cloud, resource.Kind, resource.Id, resource.Name, world.Now, Until: null);
        world.Billed.Save(resource.Key, thing);
    }

    public void Close(Resource resource)
    {
        if (world.Billed.Find(resource.Key) is { } thing) world.Billed.Save(resource.Key, thing with { Until = world.Now });
    }

    private static BilledMachine Entry(Machine machine) => new(
        machine.Id,
        machine.Cloud,
        machine.Name,
        machine.Region,
        machine.Size,
        machine.Labels,
        machine.Tags,
        machine.PublicAddress,
        machine.PrivateAddress,
        machine.IsOn,
        machine.Created,
        machine.Destroyed);

    private IEnumerable<Machine> Machines(string? cloud) =>
        world.Machines.All.Where(machine => cloud is null || machine.Cloud == cloud);
}
