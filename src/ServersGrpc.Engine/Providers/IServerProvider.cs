using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers;

/// <summary>
/// Where machines come from. Faults are a <see cref="ProviderException"/> of one of its kinds; any other exception means that the
/// outcome is unknown.
/// </summary>
public interface IServerProvider
{
    /// <summary>The name that requests and records use, such as "local".</summary>
    string Name { get; }

    /// <summary>What a request that does not say is given.</summary>
    ProviderDefaults Defaults { get; }

    /// <summary>Where to make a server that names neither region nor size, when its defaults are out of stock: in this order.</summary>
    IReadOnlyList<Placement> Alternatives => [];

    /// <summary>
    /// For how long after a create <see cref="FindAsync"/> may still miss the new instance; zero where it never does. Of a create that was given
    /// up, a third of it may pass until it takes effect, a third until its instance is found, and for a third it may be missed once more.
    /// </summary>
    TimeSpan ConsistencyWindow => TimeSpan.Zero;

    /// <summary>How long a server may go on working after its end was asked for; zero: not at all.</summary>
    TimeSpan DrainTimeout => TimeSpan.Zero;

    /// <summary>Whether running machines can be given new credentials, by <see cref="DeliverAsync"/>.</summary>
    bool CanDeliverCredentials => false;

    /// <summary>What is wrong with a request's user data, without a word of what it says; null where it can be used.</summary>
    string? CheckUserData(string userData) => null;

    /// <summary>
    /// Where a server with this uid will be reached, where that can be said before it is made; null: only its instance tells. Asked once a
    /// server: another uid may have another address.
    /// </summary>
    PlannedAddress? PlanAddress(string uid) => null;

    /// <summary>
    /// Makes an instance, idempotent by <see cref="InstanceSpec.Uid"/>, and returns what is known of it: the id always, the address
    /// perhaps later. Rejected and CapacityUnavailable say that nothing was made, or that nothing of it is left.
    /// </summary>
    Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken);

    /// <summary>The instance with this uid, or null where none is there.</summary>
    Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken);

    /// <summary>All instances that bear this installation's id. Throws rather than answer in part.</summary>
    Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Returns when the removal is accepted. An instance that is not there is success. Known by its id; by its uid where the id is "", as
    /// of a create whose outcome was never heard.
    /// </summary>
    Task DestroyAsync(Instance instance, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a running machine new credentials in place of those it has, whichever of the two that is: it may be called again. The
    /// machine may restart for it; when this returns it answers with them, or will by itself. Rejected says that it has, and goes on with, what it had;
    /// any other fault leaves open which it has.
    /// </summary>
    /// <param name="instance">The machine.</param>
    /// <param name="current">The server as it is known.</param>
    /// <param name="next">The same server with the credentials that it is to have.</param>
    /// <param name="cancellationToken">Leaves open which it has.</param>
    Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        throw new ProviderException(ProviderFault.Rejected, $"{Name} can't give a running machine new credentials");
    }
}
