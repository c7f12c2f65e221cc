using ServersGrpc.Simulation.Callers;
using ServersGrpc.Simulation.Cloud;
using ServersGrpc.Simulation.Storage;

namespace ServersGrpc.Simulation;

/// <summary>What befalls machines, network, disk, clock and stock now and then.</summary>
internal sealed class Mishaps(World world, IReadOnlyList<SimulatedCloud> clouds, Network network, StoreTrouble disk, CallBook calls)
{
    private const int MostUnwell = 2;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaseAfterStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(20);

    private readonly Dictionary<Machine, TimeSpan> _unwell = [];
    private int _planted;

    /// <summary>Something happens to a machine, a cloud, the network or the disk.</summary>
    public void Happen(Caller caller, EngineProcess? process)
    {
        var cloud = world.OneOf(clouds);
        switch (world.Random.Next(11))
        {
            case 0: Befall(cloud, machine => { machine.DiedByItself = true; cloud.Lose(machine); }); break;
            case 1: Befall(cloud, Hang); break;
            case 2: Pick(cloud, machine => Miss(cloud, machine)); break;
            case 3: Pick(cloud, machine => Move(machine)); break;
            case 4: For("the network is down", TimeSpan.FromMinutes(10), down => network.IsDown = down); break;
            case 5: BreakDisk(); break;
            case 6: For($"{cloud.Name} is sold out", TimeSpan.FromMinutes(10), _ => cloud.SellOut(world.OneOf(CloudCharacter.Regions))); break;
            case 7: cloud.Plant($"nobodys-{++_planted}", isOurs: _planted > 2 || world.Random.Next(2) == 0); break;
            case 8: caller.Pause(process!, paused: true); break;
            case 9: caller.Pause(process!, paused: false); break;
            default: world.DeathIsDue = true; break;
        }
    }

    /// <summary>Somebody sets the clock.</summary>
    public void SetClock()
    {
        var by = world.Between(TimeSpan.Zero, world.OneOf([TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(20), TimeSpan.FromDays(2)]));
        by = world.Random.Next(2) == 0 ? by : -by;
        world.Trace.Add($"the clock is set by {by}");
        world.Clock.Jump(by);
    }

    /// <summary>Everything that can get well does.</summary>
    public void End()
    {
        world.HasFaults = network.IsDown = disk.IsDown = false;
        foreach (var cloud in clouds)
        {
            cloud.Restock();
            foreach (var machine in cloud.Machines)
                machine.Hangs = false;
        }
    }

    private void Hang(Machine machine)
    {
        world.Trace.Add($"{machine.Id} hangs");
        machine.Hangs = true;
        if (world.Random.Next(2) == 0)
            world.Clock.Set(world.Between(Moment, Recovery), () => machine.Hangs = false);
    }

    private void Miss(SimulatedCloud cloud, Machine machine)
    {
        if (machine.WasMissed || cloud.Character.Window == TimeSpan.Zero)
            return;
        machine.WasMissed = true;
        machine.MissedUntil = world.Clock.Elapsed + world.Between(TimeSpan.Zero, cloud.Character.LongestMiss);
        world.Trace.Add($"{machine.Id} is missed until {machine.MissedUntil}");
    }

    private void Move(Machine machine)
    {
        machine.Address += "0";
        world.Trace.Add($"{machine.Id} has the address {machine.Address} now");
    }

    private void BreakDisk()
    {
        var span = For("the disk fails", TimeSpan.FromMinutes(4), down => disk.IsDown = down);
        if (span > LeaseAfterStep / 2)
            calls.Interrupted();
    }

    // So many that fail together are taken for trouble of our own network.
    private void Befall(SimulatedCloud cloud, Action<Machine> happen)
    {
        foreach (var well in _unwell.Where(entry => entry.Value < world.Clock.Elapsed).Select(entry => entry.Key).ToList())
            _unwell.Remove(well);
        if (_unwell.Count < MostUnwell)
            Pick(cloud, machine =>
            {
                _unwell[machine] = world.Clock.Elapsed + Recovery;
                happen(machine);
            });
    }

    private void Pick(SimulatedCloud cloud, Action<Machine> happen)
    {
        var machines = cloud.Machines.Where(machine => machine is { IsThere: true, IsOurs: true, Hangs: false }).ToList();
        if (machines.Count > 0)
            happen(world.OneOf(machines));
    }

    private TimeSpan For(string what, TimeSpan longest, Action<bool> set)
    {
        var span = world.Between(Moment, longest);
        world.Trace.Add($"{what} for {span}");
        set(true);
        world.Clock.Set(span, () =>
        {
            if (world.HasFaults)
                set(false);
        });
        return span;
    }
}
