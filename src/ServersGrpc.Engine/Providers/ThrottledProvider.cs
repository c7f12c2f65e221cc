namespace ServersGrpc.Engine.Providers;

/// <summary>Lets only so many calls of a provider run at once; the others wait their turn. A burst of servers must not break what makes them.</summary>
internal sealed class ThrottledProvider(IServerProvider provider, int maxConcurrentCalls) : IServerProvider
{
    private readonly SemaphoreSlim _turns = new(maxConcurrentCalls);

    public string Name => provider.Name;

    public ProviderDefaults Defaults => provider.Defaults;

    public TimeSpan ConsistencyWindow => provider.ConsistencyWindow;

    public TimeSpan DrainTimeout => provider.DrainTimeout;

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
        InTurnAsync(() => provider.CreateAsync(spec, cancellationToken), cancellationToken);

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        InTurnAsync(() => provider.FindAsync(uid, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
        InTurnAsync(() => provider.ListAsync(cancellationToken), cancellationToken);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            await provider.DestroyAsync(instance, cancellationToken);
            return true;
        },
        cancellationToken);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            _turns.Release();
        }
    }
}
