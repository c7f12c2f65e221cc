using System.Globalization;
using System.Text;
using ServersGrpc.Engine.Providers.UserData;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>
/// Machines of a cloud. All that is known of them is what the cloud says, by the tags they bear: nothing is kept here, so any number of
/// services may come and go.
/// </summary>
internal sealed class CloudProvider : IServerProvider
{
    private readonly ICloud _cloud;
    private readonly string _installationId;
    private readonly CloudPatience _patience;
    private readonly UserDataTemplate _userData;

    /// <param name="cloud">The cloud's calls.</param>
    /// <param name="installationId">Whose machines they are; others' are never touched.</param>
    /// <param name="time">Measures pauses.</param>
    /// <param name="gate">Where each call has a place.</param>
    public CloudProvider(ICloud cloud, string installationId, TimeProvider time, CallGate gate)
    {
        (_cloud, _installationId) = (cloud, installationId);
        _patience = new(cloud, gate);
        _userData = cloud.Options.UserDataFile.Length > 0
            ? UserDataTemplate.Parse(File.ReadAllText(cloud.Options.UserDataFile))
            : DefaultUserData.Template;
    }

    public string Name => _cloud.Name;

    public ProviderDefaults Defaults => _cloud.Defaults;

    public TimeSpan ConsistencyWindow => _cloud.Options.ConsistencyWindow;

    public string? CheckUserData(string userData)
    {
        try
        {
            var bytes = Encoding.UTF8.GetByteCount(UserDataTemplate.Parse(userData).Render(UserDataValues.Sample));
            var most = _cloud.Options.MaxUserDataBytes;
            return bytes > most ? $"{bytes} bytes with its variables filled in are more than {most}, {Name}'s limit" : null;
        }
        catch (FormatException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    public async Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        var userData = Render(spec);
        if (Oldest(await _cloud.FindMachinesAsync(spec.Uid, cancellationToken)) is { } present)
            return Adopt(present);

        var volume = _cloud.Options.VolumeSize > 0 ? await GetVolumeAsync(spec, cancellationToken) : null;
        CloudOrder order;
        try
        {
            order = await _cloud.OrderMachineAsync(spec, userData, volume, cancellationToken);
        }
        catch (ProviderException e) when (volume is not null && e.Fault is ProviderFault.Rejected or ProviderFault.CapacityUnavailable)
        {
            // Whoever hears that nothing was made never comes back to look.
            await PassingAsync(() => _cloud.DeleteExtraAsync(volume!, cancellationToken));
            throw;
        }
        CloudError? error = null;
        Instance? made = null;
        await PassingAsync(async () =>
        {
            error = await _patience.WaitForActionsAsync(order.Actions, cancellationToken);
            if (error is null)
                made = await SettleAsync(order.Machine, cancellationToken);
            else
                await RemoveHalfMadeAsync(order.Machine, cancellationToken);
        });
        return made ?? throw new ProviderException(error!.Fault, error.Message);
    }

    public async Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        (Oldest(await _cloud.FindMachinesAsync(uid, cancellationToken)) ?? await RemoveLeftoversAsync(uid, isSure: false, cancellationToken))?.ToInstance();

    public async Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken)
    {
        // Extras first: a machine that is made in between is then seen with them, not they without it.
        var extras = await _cloud.ListExtrasAsync(cancellationToken);
        var machines = await _cloud.ListMachinesAsync(cancellationToken);
        var uids = machines.Select(machine => machine.Uid).ToHashSet();
        return
        [
            .. machines.Select(machine => machine.ToInstance()),
            .. extras.Where(extra => !uids.Contains(extra.Uid)).Select(extra => extra.ToInstance()),
        ];
    }

    public async Task DestroyAsync(Instance instance, CancellationToken cancellationToken)
    {
        if (long.TryParse(instance.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            if (await _cloud.GetMachineAsync(id, cancellationToken) is { } machine)
            {
                // Taken for gone, it would be paid for unseen.
                if (machine.InstallationId != _installationId)
                {
                    throw new ProviderException(
                        ProviderFault.Rejected,
                        $"The machine {id} is there, but no longer bears this installation's id: give it back its tag, or remove it by hand.");
                }
                if (!machine.IsLeaving)
                    await _cloud.DeleteMachineAsync(id, cancellationToken);
                return;
            }
            // Only this one was meant: another machine of the server stays, and keeps what is beside it.
            if ((await _cloud.FindMachinesAsync(instance.Uid, cancellationToken)).Count == 0)
                await RemoveLeftoversAsync(instance.Uid, isSure: true, cancellationToken);
            return;
        }

        if (instance.Id.Length > 0)
        {
            // By its own id: its other tags may be lost.
            var extras = await _cloud.ListExtrasAsync(cancellationToken);
            if (extras.FirstOrDefault(extra => extra.ToInstance().Id == instance.Id) is { } lone)
                await _cloud.DeleteExtraAsync(lone, cancellationToken);
            return;
        }
        var machines = await _cloud.FindMachinesAsync(instance.Uid, cancellationToken);
        foreach (var machine in machines.Where(machine => !machine.IsLeaving))
            await _cloud.DeleteMachineAsync(machine.Id, cancellationToken);
        if (machines.Count == 0)
            await RemoveLeftoversAsync(instance.Uid, isSure: false, cancellationToken);
    }

    /// <summary>What is known of a machine that was just made.</summary>
    private async Task<Instance> SettleAsync(CloudMachine machine, CancellationToken cancellationToken)
    {
        var instance = Adopt(machine);
        if (!_cloud.NamesAreUnique && Oldest(await _cloud.FindMachinesAsync(machine.Uid, cancellationToken)) is { } first && first.Id < machine.Id)
        {
            // Another create of the same server came first, perhaps one of ours whose answer was lost and whose effect came late.
            await RemoveHalfMadeAsync(machine, cancellationToken);
            return Adopt(first);
        }
        // A listing or a look that lags behind must not make a machine that was just made disappear.
        return (await _cloud.GetMachineAsync(machine.Id, cancellationToken))?.ToInstance() ?? instance;
    }

    // From the first thing on that was made, a refusal is one of another call: it must not pass for the word that there is nothing.
    private static async Task PassingAsync(Func<Task> calls)
    {
        try
        {
            await calls();
        }
        catch (ProviderException e)
        {
            throw e.AsPassing();
        }
    }

    private string Render(InstanceSpec spec)
    {
        try
        {
            var template = spec.UserData.Length > 0 ? UserDataTemplate.Parse(spec.UserData) : _userData;
            var userData = template.Render(new UserDataValues(spec, Name, _installationId));
            var bytes = Encoding.UTF8.GetByteCount(userData);
            return bytes <= _cloud.Options.MaxUserDataBytes
                ? userData
                : throw new ProviderException(
                    ProviderFault.Rejected, $"The user data is {bytes} bytes, which are more than {_cloud.Options.MaxUserDataBytes}.");
        }
        catch (FormatException e)
        {
            throw new ProviderException(ProviderFault.Rejected, $"The user data is no template: {e.Message}", inner: e);
        }
    }

    private async Task<CloudExtra> GetVolumeAsync(InstanceSpec spec, CancellationToken cancellationToken)
    {
        foreach (var present in await _cloud.FindExtrasAsync(spec.Uid, cancellationToken))
        {
            if (present.Kind == CloudExtra.Volume && present.Region == spec.Region)
                return present;
            // Of an earlier try elsewhere.
            await _cloud.DeleteExtraAsync(present, cancellationToken);
        }
        var (volume, actions) = await _cloud.CreateVolumeAsync(spec, cancellationToken);
        CloudError? error = null;
        await PassingAsync(async () =>
        {
            error = await _patience.WaitForActionsAsync(actions, cancellationToken);
            if (error is not null)
                await _cloud.DeleteExtraAsync(volume, cancellationToken);
        });
        return error is null ? volume : throw new ProviderException(error.Fault, error.Message);
    }

    // Until nothing is left: whoever hears that nothing was made never comes back to look.
    private async Task RemoveHalfMadeAsync(CloudMachine machine, CancellationToken cancellationToken)
    {
        await _patience.RemoveAsync(machine.Id, cancellationToken);
        if ((await _cloud.FindMachinesAsync(machine.Uid, cancellationToken)).All(other => other.Id == machine.Id))
            await RemoveLeftoversAsync(machine.Uid, isSure: true, cancellationToken);
    }

    /// <summary>
    /// Removes what is billed though its machine is gone. So nothing found means nothing left. Returns the machine, where one turns out to be
    /// there after all.
    /// </summary>
    /// <param name="uid">The server.</param>
    /// <param name="isSure">
    /// Whether its machine is known to be gone. Where a listing alone does not have it, it may be too new to be listed, and its volume too new
    /// to be attached: what is so young stays until the next look, as an absence so soon is not believed.
    /// </param>
    private async Task<CloudMachine?> RemoveLeftoversAsync(string uid, bool isSure, CancellationToken cancellationToken)
    {
        var extras = await _cloud.FindExtrasAsync(uid, cancellationToken);
        var made = _cloud.Now - ConsistencyWindow;
        foreach (var extra in extras)
        {
            if (extra.Machine is { } id
                && await _cloud.GetMachineAsync(id, cancellationToken) is { } machine
                && machine.Uid == uid
                && machine.InstallationId == _installationId)
            {
                return machine;
            }
            if (isSure || extra.Machine is not null || extra.Created <= made)
                await _cloud.DeleteExtraAsync(extra, cancellationToken);
        }
        return null;
    }

    private static Instance Adopt(CloudMachine machine) => machine.IsLeaving
        ? throw new ProviderException(ProviderFault.Transient, "An earlier instance of this server is still being removed.")
        : machine.ToInstance();

    private static CloudMachine? Oldest(IReadOnlyList<CloudMachine> machines) => machines.MinBy(machine => machine.Id);
}
