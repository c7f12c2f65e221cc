using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers;

/// <summary>Keeps the calls of a provider within its section's bounds, and measures them. A burst of servers must not break what makes them.</summary>
internal sealed class ThrottledProvider : IServerProvider
{
    private readonly IServerProvider _provider;
    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ProviderMetrics _metrics;
    private readonly CallGate _gate;

    public ThrottledProvider(IServerProvider provider, CallGate gate, ProviderOptions options, TimeProvider time, ProviderMetrics metrics)
    {
        (_provider, _gate, _options, _time, _metrics) = (provider, gate, options, time, metrics);
        metrics.Observe(provider.Name, _gate);
    }

    public string Name => _provider.Name;

    public ProviderDefaults Defaults => _provider.Defaults;

    public IReadOnlyList<Placement> Alternatives => _options.Placements;

    public TimeSpan ConsistencyWindow => _provider.ConsistencyWindow;

    public TimeSpan DrainTimeout => _options.DrainTimeout;

    public bool CanDeliverCredentials => _provider.CanDeliverCredentials;

    public string? CheckUserData(string userData) => _provider.CheckUserData(userData);

    public PlannedAddress? PlanAddress(string uid) => _provider.PlanAddress(uid);

    public Task<Instance> CreateAsync(InstanceSpec spec, CancellationToken cancellationToken) =>
        InTurnAsync("create", () => _provider.CreateAsync(spec, cancellationToken), cancellationToken);

    public Task<Instance?> FindAsync(string uid, CancellationToken cancellationToken) =>
        InTurnAsync("find", () => _provider.FindAsync(uid, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Instance>> ListAsync(CancellationToken cancellationToken) =>
        InTurnAsync("list", () => _provider.ListAsync(cancellationToken), cancellationToken);

    public Task DestroyAsync(Instance instance, CancellationToken cancellationToken) =>
        InTurnAsync("destroy", () => _provider.DestroyAsync(instance, cancellationToken), cancellationToken);

    public Task DeliverAsync(Instance instance, InstanceSpec current, InstanceSpec next, CancellationToken cancellationToken) =>
        InTurnAsync("deliver", () => _provider.DeliverAsync(instance, current, next, cancellationToken), cancellationToken);

    private Task InTurnAsync(string name, Func<Task> call, CancellationToken cancellationToken) => InTurnAsync(
        name,
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    private Task<T> InTurnAsync<T>(string name, Func<Task<T>> call, CancellationToken cancellationToken) =>
        _gate.InTurnAsync(() => MeasureAsync(name, call, cancellationToken), cancellationToken);

    private async Task<T> MeasureAsync<T>(string name, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var (began, outcome) = (_time.GetTimestamp(), CallOutcome.Ok);
        using var activity = ProviderActivity.Start(Name, name);
        try
        {
            var answer = await call();
            if (answer is null)
                outcome = CallOutcome.NotFound;
            return answer;
        }
        catch (Exception e)
        {
            outcome = CallOutcome.Of(e, cancellationToken.IsCancellationRequested);
            throw;
        }
        finally
        {
            if (activity is not null)
                ProviderActivity.End(activity, outcome);
            _metrics.Called(Name, name, outcome, _time.GetElapsedTime(began));
        }
    }
}
