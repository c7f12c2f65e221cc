namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>
/// A cloud's calls, one by one. What fails is a <see cref="ProviderException"/>. What order they come in, and what is touched, is
/// <see cref="CloudProvider"/>'s to say.
/// </summary>
internal interface ICloud
{
    string Name { get; }

    /// <summary>Whether the cloud refuses a second machine of one name.</summary>
    bool NamesAreUnique { get; }

    CloudOptions Options { get; }

    /// <summary>The time by the cloud's own clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>What a request that does not say is given.</summary>
    ProviderDefaults Defaults { get; }

    /// <summary>The machine with this id, whosever it is; null where the cloud says that there is none.</summary>
    Task<CloudMachine?> GetMachineAsync(long id, CancellationToken cancellationToken);

    /// <summary>The installation's machines with this uid.</summary>
    Task<IReadOnlyList<CloudMachine>> FindMachinesAsync(string uid, CancellationToken cancellationToken);

    /// <summary>All of the installation's machines. Throws rather than answer in part.</summary>
    Task<IReadOnlyList<CloudMachine>> ListMachinesAsync(CancellationToken cancellationToken);

    /// <summary>Asks for a machine. One that the server has already is returned as if it were new.</summary>
    Task<CloudOrder> OrderMachineAsync(InstanceSpec spec, string userData, CloudExtra? volume, CancellationToken cancellationToken);

    /// <summary>Returns when the removal is accepted; what is not there is success.</summary>
    Task DeleteMachineAsync(long id, CancellationToken cancellationToken);

    Task<CloudAction> GetActionAsync(long id, CancellationToken cancellationToken);

    /// <summary>What is billed beside the machine of this uid.</summary>
    Task<IReadOnlyList<CloudExtra>> FindExtrasAsync(string uid, CancellationToken cancellationToken);

    /// <summary>All that is billed beside the installation's machines. Throws rather than answer in part.</summary>
    Task<IReadOnlyList<CloudExtra>> ListExtrasAsync(CancellationToken cancellationToken);

    /// <summary>Makes a volume of the size that the options say, in the spec's region.</summary>
    Task<(CloudExtra Volume, IReadOnlyList<CloudAction> Actions)> CreateVolumeAsync(InstanceSpec spec, CancellationToken cancellationToken);

    /// <summary>Removes it; what is not there is success, what is still attached a fault that passes.</summary>
    Task DeleteExtraAsync(CloudExtra extra, CancellationToken cancellationToken);
}
