using System.Diagnostics.Metrics;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>Shows what servers there are. They are counted only when the metrics are read.</summary>
internal static class ServerGauges
{
    // Those that pass by themselves. A server runs as long as somebody wants it to.
    private static readonly ServerState[] Passing =
        [.. Enum.GetValues<ServerState>().Except([ServerState.Running, ServerState.Stopped])];

    public static void Add(Meter meter, IServerStore store, TimeProvider time)
    {
        var census = new LatestReading<ServerCensus>(() => store.CountAsync(expiring: default, CancellationToken.None), ServerCensus.Empty);
        meter.CreateObservableGauge(
            "servers.by_state", () => ByState(census.Read(), Enum.GetValues<ServerState>(), (provider, state) => provider.Count(state)), "{server}",
            "Servers, by provider and state.");
        meter.CreateObservableGauge(
            "servers.state.age", () => ByState(census.Read(), Passing, (provider, state) => Age(provider.Oldest(state), time)), "s",
            "Since when the server that is longest in a passing state is in it.");
        meter.CreateObservableGauge(
            "servers.open_creates", () => census.Read().Measure(provider => (int?)provider.OpenCreates), "{server}",
            "Servers whose create was begun and has no known outcome.");
        meter.CreateObservableGauge(
            "servers.open_create.age", () => census.Read().Measure(provider => (double?)Age(provider.OldestOpenCreate, time)), "s",
            "Since when the oldest open create is open.");
    }

    /// <summary>One measurement for each provider that has a value.</summary>
    public static IEnumerable<Measurement<T>> Measure<T>(this ServerCensus census, Func<ProviderCensus, T?> read)
        where T : struct =>
        from provider in census.ByProvider
        let value = read(provider.Value)
        where value is not null
        select new Measurement<T>(value.Value, Provider(provider.Key));

    private static IEnumerable<Measurement<T>> ByState<T>(ServerCensus census, ServerState[] states, Func<ProviderCensus, ServerState, T> read)
        where T : struct =>
        from provider in census.ByProvider
        from state in states
        select new Measurement<T>(read(provider.Value, state), Provider(provider.Key), new("state", ServerStates.Name(state)));

    private static double Age(DateTimeOffset? since, TimeProvider time) =>
        since is { } known ? Math.Max(0, (time.GetUtcNow() - known).TotalSeconds) : 0;

    private static KeyValuePair<string, object?> Provider(string name) => new("provider", name);
}
