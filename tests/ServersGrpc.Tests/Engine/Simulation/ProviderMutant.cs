using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Simulation;

/// <summary>A provider that is to be broken in one place. As it stands it does what the one below it does.</summary>
internal abstract class ProviderMutant(IServerProvider inner) : IServerProvider
{
    public string Name => inner.Name;

    public ProviderDefaults Defaults => inner.Defaults;

    public IReadOnlyList<Placement> Alternatives => inner.Alternatives;

    public virtual TimeSpan ConsistencyWindow => inner.ConsistencyWindow;

    public TimeSpan DrainTimeout => inner.DrainTimeout;

    public bool CanDeliverCredentials => inner.CanDeliverCredentials;

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) => inner.CreateAsync(spec, cancellationToken);

    public virtual Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) => inner.FindAsync(uid, cancellationToken);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public virtual Task DestroyAsync(Instance instance, CancellationToken cancellationToken) => inner.DestroyAsync(instance, cancellationToken);

    public virtual Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) =>
        inner.DeliverAsync(instance, current, next, cancellationToken);
}
