using System.Collections.Concurrent;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Clouds;

/// <summary>What the service has acknowledged, what it says, and what its cloud bills: whether the three agree.</summary>
internal sealed class FleetLedger
{
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _sent = new();
    private readonly ConcurrentDictionary<string, bool> _ended = new();

    public int Acknowledged => _acknowledged.Count;

    public int Ended => _ended.Count;

    /// <summary>Asks for a server; from the answer on it must never be lost.</summary>
    public async Task ProvisionAsync(ServiceProcess service, string name)
    {
        await service.ProvisionAsync(name);
        _acknowledged[name] = true;
    }

    /// <summary>Asks for a server's end. Before the answer it may go either way, after it only one.</summary>
    public async Task TerminateAsync(ServiceProcess service, string name, bool force = false)
    {
        _sent[name] = true;
        await service.TerminateAsync(name, force ? "?force" : "");
        _ended[name] = true;
    }

    /// <summary>Acknowledged servers whose end nobody asked for.</summary>
    public IReadOnlyList<string> Wanted => [.. _acknowledged.Keys.Where(name => !_sent.ContainsKey(name)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a server is where it has to go: running, or stopped as asked.</summary>
    public bool IsSettled(ServerView server) => server.State switch
    {
        "running" => !_ended.ContainsKey(server.Name),
        "stopped" => _sent.ContainsKey(server.Name),
        _ => false,
    };

    public void AssertNothingIsLost(IReadOnlyList<ServerView> servers) =>
        Assert.Empty(_acknowledged.Keys.Except(servers.Select(server => server.Name)));

    /// <summary>Exactly one machine for each running server, none for a stopped one, none unknown.</summary>
    public static bool Agree(IReadOnlyList<ServerView> servers, Bill bill) =>
        servers.Where(server => server.State == "running").Select(server => server.Id).Order(StringComparer.Ordinal)
            .SequenceEqual(bill.Machines.Select(machine => $"{machine.Id}").Order(StringComparer.Ordinal));

    /// <summary>No server ever paid for two machines at once.</summary>
    /// <param name="machines">All that were ever made, by their names: no two servers had the same.</param>
    public static void AssertNeverTwoAtOnce(IEnumerable<BilledMachine> machines)
    {
        foreach (var server in machines.GroupBy(machine => machine.Name))
        {
            var lives = server.OrderBy(machine => machine.Since).ToList();
            foreach (var (earlier, later) in lives.Zip(lives.Skip(1)))
                Assert.True(earlier.Until <= later.Since, $"{server.Key} had machines {earlier.Id} (until {earlier.Until:O}) and {later.Id} (since {later.Since:O}) at once.");
        }
    }
}
