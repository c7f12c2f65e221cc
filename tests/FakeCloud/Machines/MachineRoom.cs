using System.Net;
using System.Net.Sockets;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>Where the machines are that take connections. All needs the world's lock.</summary>
internal sealed class MachineRoom(World world, ILogger<MachineRoom> logger) : IAsyncDisposable
{
    private readonly Dictionary<string, RunningMachine> _running = [];
    private readonly Dictionary<string, Socket> _reservations = [];

    /// <summary>An address that no other machine has.</summary>
    public string NewAddress()
    {
        var (address, reservation) = AddressPool.Reserve();
        _reservations[address.ToString()] = reservation;
        return address.ToString();
    }

    /// <summary>Lets go an address that no machine will have.</summary>
    public void FreeAddress(string address)
    {
        if (_reservations.Remove(address, out var reservation)) reservation.Dispose();
    }

    /// <summary>Lets the machine take connections from its boot on, if it is sent to and can.</summary>
    public void Open(Machine machine)
    {
        Close(machine);
        if (!machine.IsOn || machine.IsSilent || machine.Destroyed is not null) return;
        var certificates = machine.IsImpostor
            ? MachineCertificates.Forge(machine.Name)
            : MachineCertificates.Find(world.UserData.Find(machine.Key) ?? "");
        if (certificates is null) return;
        var sockets = new List<Socket>();
        foreach (var address in new[] { machine.PublicAddress, machine.PrivateAddress }.Where(address => address.Length > 0))
        {
            if (_reservations.Remove(address, out var reservation)) sockets.Add(reservation);
        }

        IPAddress[] addresses = [.. Addresses(machine)];
        _running[machine.Key] = RunningMachine.Start(machine.Key, addresses, sockets, machine.BootsAt, certificates, world.Time, logger);
    }

    /// <summary>From now on the machine takes no connection.</summary>
    public void Close(Machine machine)
    {
        if (_running.Remove(machine.Key, out var running)) running.Stop();
    }

    /// <summary>Opens all that should be open, after a start of this process.</summary>
    public void OpenAll()
    {
        foreach (var machine in world.Machines.Living) Open(machine);
    }

    public async ValueTask DisposeAsync()
    {
        List<RunningMachine> running;
        lock (world.Lock)
        {
            running = [.. _running.Values];
            _running.Clear();
            foreach (var machine in running) machine.Stop();
            foreach (var reservation in _reservations.Values) reservation.Dispose();
            _reservations.Clear();
        }

        await Task.WhenAll(running.Select(machine => machine.Ended));
    }

    private static IEnumerable<IPAddress> Addresses(Machine machine)
    {
        if (machine.PublicAddress.Length > 0) yield return IPAddress.Parse(machine.PublicAddress);
        if (machine.PrivateAddress.Length > 0) yield return IPAddress.Parse(machine.PrivateAddress);
    }
}
