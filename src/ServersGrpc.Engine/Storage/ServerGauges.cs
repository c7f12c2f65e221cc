using System.Diagnostics.Metrics;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>Shows what servers there are. Each is looked at only when somebody asks.</summary>
internal static class ServerGauges
{
    // Those that pass by themselves. A server runs as long as somebody wants it to.
    private static readonly ServerState[] Passing =
        [.. Enum.GetValues<ServerState>().Except([ServerState.Running, ServerState.Stopped])];

    public static void Add(Meter meter, Func<IEnumerable<ServerRecord>> servers, TimeProvider time)
    {
        meter.CreateObservableGauge("servers.by_state", () => Count(servers()), "{server}", "Servers, by provider and state.");
        meter.CreateObservableGauge(
            "servers.state.age", () => Ages(servers(), time.GetUtcNow()), "s", "Since when the server that is longest in a passing state is in it.");
        meter.CreateObservableGauge(
            "servers.open_creates", () => CountOpen(servers()), "{server}", "Servers whose create was begun and has no known outcome.");
        meter.CreateObservableGauge(
            "servers.open_create.age", () => OpenAges(servers(), time.GetUtcNow()), "s", "Since when the oldest open create is open.");
    }

    private static IEnumerable<Measurement<int>> Count(IEnumerable<ServerRecord> servers) =>
        from provider in ByProvider<int[]>(servers, (counts, server) =>
        {
            counts ??= new int[ServerStates.All.Count];
            counts[(int)server.State]++;
            return counts;
        })
        from state in Enum.GetValues<ServerState>()
        select new Measurement<int>(provider.Value[(int)state], Provider(provider.Key), State(state));

    private static IEnumerable<Measurement<double>> Ages(IEnumerable<ServerRecord> servers, DateTimeOffset now) =>
        from provider in ByProvider<double[]>(servers, (ages, server) =>
        {
            ages ??= new double[ServerStates.All.Count];
            ages[(int)server.State] = Math.Max(ages[(int)server.State], Age(server.Entered, now));
            return ages;
        })
        from state in Passing
        select new Measurement<double>(provider.Value[(int)state], Provider(provider.Key), State(state));

    private static IEnumerable<Measurement<int>> CountOpen(IEnumerable<ServerRecord> servers) =>
        ByProvider<int>(servers, (count, server) => count + (server.CreateIsOpen ? 1 : 0))
            .Select(provider => new Measurement<int>(provider.Value, Provider(provider.Key)));

    private static IEnumerable<Measurement<double>> OpenAges(IEnumerable<ServerRecord> servers, DateTimeOffset now) =>
        ByProvider<double>(servers, (age, server) => server.Opened is { } opened ? Math.Max(age, Age(opened, now)) : age)
            .Select(provider => new Measurement<double>(provider.Value, Provider(provider.Key)));

    private static Dictionary<string, T> ByProvider<T>(IEnumerable<ServerRecord> servers, Func<T?, ServerRecord, T> add)
    {
        var sums = new Dictionary<string, T>();
        foreach (var server in servers)
            sums[server.Provider] = add(sums.GetValueOrDefault(server.Provider), server);
        return sums;
    }

    private static double Age(DateTimeOffset since, DateTimeOffset now) => Math.Max(0, (now - since).TotalSeconds);

    private static KeyValuePair<string, object?> Provider(string name) => new("provider", name);

    private static KeyValuePair<string, object?> State(ServerState state) => new("state", ServerStates.Name(state));
}
