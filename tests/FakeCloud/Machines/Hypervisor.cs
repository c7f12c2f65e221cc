using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>Makes, switches and destroys machines for both clouds. All needs the world's lock.</summary>
internal sealed class Hypervisor(World world, MachineRoom room, IHostApplicationLifetime lifetime, ILogger<Hypervisor> logger)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);

    /// <summary>A machine is gone for good: what it had goes its own way.</summary>
    public event Action<Machine>? Gone;

    private FakeCloudSettings Settings => world.Settings;

    public Machine Create(CloudCall call, MachineOrder order)
    {
        var isFailing = call.Fault(FaultKind.ActionFailed) is not null;
        var now = call.Now;
        var machine = new Machine
        {
            Id = world.NewId(),
            Cloud = order.Cloud,
            Name = order.Name,
            Region = order.Region,
            Size = order.Size,
            Labels = order.Labels,
            Tags = order.Tags,
            Details = order.Details,
            PublicAddress = !order.HasPublicAddress ? "" : order.PublicAddress ?? room.NewAddress(),
            PrivateAddress = order.HasPrivateAddress ? room.NewAddress() : "",
            Created = now,
            StartsAt = now + Settings.CreateDuration / 2,
            ReadyAt = now + Settings.CreateDuration,
            BootsAt = now + Settings.BootDuration + Duration(FaultKind.SlowBoot),
            AddressesAt = now + order.AddressDelay,
            ListedFrom = now + Duration(FaultKind.ListingLag),
            HiddenUntil = now + Duration(FaultKind.NotFoundEarly),
            IsOn = order.IsStarted && !isFailing,
            IsSilent = call.Fault(FaultKind.Silent) is not null,
            IsImpostor = call.Fault(FaultKind.WrongCertificate) is not null,
            VanishesAt = call.Fault(FaultKind.Vanishes) is { } vanishes ? now + vanishes.Duration : null,
            MovesAt = call.Fault(FaultKind.AddressChange) is { } moves ? now + moves.Duration : null,
        };
        world.Machines.Save(machine);
        world.UserData.Save(machine.Key, order.UserData);
        room.Open(machine);
        Foresee(machine);
        call.Machine = machine.Id;
        return machine;

        TimeSpan Duration(FaultKind kind) => call.Fault(kind)?.Duration ?? TimeSpan.Zero;
    }

    /// <summary>An action on a machine that takes its usual time.</summary>
    /// <param name="error">What it ends in, where it fails.</param>
    public CloudAction Begin(Machine machine, string command, TimeSpan? duration = null, string? error = null)
    {
        var now = world.Now;
        var action = new CloudAction(
            world.NewId(), machine.Cloud, command, machine.Id, machine.Region, now, now + (duration ?? Settings.ActionDuration), error);
        world.Actions.Save(action.Key, action);
        return action;
    }

    /// <summary>Does what a delete asks, but for the faults of the call.</summary>
    /// <param name="lingers">How long it is still found and listed.</param>
    /// <returns>False: the cloud says that it did, and did not.</returns>
    public bool Destroy(CloudCall call, Machine machine, TimeSpan lingers)
    {
        call.Machine = machine.Id;
        if (call.Fault(FaultKind.NotFoundEarly) is { } hidden)
        {
            machine.HiddenUntil = call.Now + hidden.Duration;
            world.Machines.Save(machine);
            return false;
        }

        if (call.Fault(FaultKind.DeleteIgnored) is not null) return false;
        machine.FoundUntil = call.Now + lingers;
        machine.ListedUntil = machine.FoundUntil + (call.Fault(FaultKind.ListingLag)?.Duration ?? TimeSpan.Zero);
        Destroy(machine);
        return true;
    }

    /// <summary>Ends a machine for good.</summary>
    public void Destroy(Machine machine)
    {
        machine.Destroyed ??= world.Now;
        world.Machines.Save(machine);
        world.UserData.Remove(machine.Key);
        room.Close(machine);
        room.FreeAddress(machine.PublicAddress);
        room.FreeAddress(machine.PrivateAddress);
        Gone?.Invoke(machine);
    }

    public void Switch(Machine machine, bool isOn)
    {
        machine.IsOn = isOn;
        machine.BootsAt = world.Now + Settings.BootDuration;
        world.Machines.Save(machine);
        room.Open(machine);
    }

    /// <summary>Saves what changed of a machine, and lets it take connections accordingly.</summary>
    public void Change(Machine machine)
    {
        world.Machines.Save(machine);
        room.Open(machine);
    }

    /// <summary>Gives a machine another public address.</summary>
    public void Move(Machine machine)
    {
        room.Close(machine);
        room.FreeAddress(machine.PublicAddress);
        machine.PublicAddress = room.NewAddress();
        machine.MovesAt = null;
        Change(machine);
    }

    /// <summary>Goes on where this process was when it ended.</summary>
    public void Resume()
    {
        room.OpenAll();
        foreach (var machine in world.Machines.Living) Foresee(machine);
    }

    private void Foresee(Machine machine)
    {
        if (machine.VanishesAt is { } end) _ = AtAsync(end, machine, () => Destroy(machine));
        if (machine.MovesAt is { } moves) _ = AtAsync(moves, machine, () => Move(machine));
    }

    private async Task AtAsync(DateTimeOffset time, Machine machine, Action act)
    {
        try
        {
            // Never at once: whoever foresees it holds the lock, and is not done.
            var wait = time - world.Now;
            await Task.Delay(wait > Soonest ? wait : Soonest, world.Time, lifetime.ApplicationStopping);
            lock (world.Lock)
            {
                if (machine.Destroyed is not null) return;
                act();
                world.Commit();
            }
        }
        catch (OperationCanceledException)
        {
            // This process ends; the next one goes on.
        }
        catch (Exception exception)
        {
            logger.MachineFailed(machine.Key, exception);
        }
    }
}
