using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers;

/// <summary>Keeps the calls of a provider within its section's bounds. A burst of servers must not break what makes them.</summary>
internal sealed class ThrottledProvider(IServerProvider provider, ProviderOptions options, TimeProvider time) : IServerProvider
{
    private readonly CallGate _gate = new(options.MaxConcurrentCalls, options.MaxCallsPerSecond, time);

    public string Name => provider.Name;

    public ProviderDefaults Defaults => provider.Defaults;

    public IReadOnlyList<Placement> Alternatives => options.Placements;

    public TimeSpan ConsistencyWindow => provider.ConsistencyWindow;

    public TimeSpan DrainTimeout => options.DrainTimeout;

    public string? CheckUserData(string userData) => provider.CheckUserData(userData);

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
        _gate.InTurnAsync(() => provider.CreateAsync(spec, cancellationToken), cancellationToken);

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        _gate.InTurnAsync(() => provider.FindAsync(uid, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
        _gate.InTurnAsync(() => provider.ListAsync(cancellationToken), cancellationToken);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken) => _gate.InTurnAsync(
        async () =>
        {
            await provider.DestroyAsync(instance, cancellationToken);
            return true;
        },
        cancellationToken);
}
