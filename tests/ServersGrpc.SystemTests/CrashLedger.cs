using System.Collections.Concurrent;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>What the service has promised over all its lives, and whether it keeps it.</summary>
internal sealed class CrashLedger
{
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _terminating = new();
    private readonly ConcurrentDictionary<string, bool> _terminated = new();
    private readonly ConcurrentDictionary<string, string> _runningIds = new();

    public int Acknowledged => _acknowledged.Count;

    /// <summary>The service answered that the server is recorded.</summary>
    public void Provisioned(string name) => _acknowledged[name] = true;

    /// <summary>A termination was sent. Unless it is acknowledged, the server may go either way.</summary>
    public void Terminating(string name) => _terminating[name] = true;

    /// <summary>The service answered that the end is recorded.</summary>
    public void Terminated(string name) => _terminated[name] = true;

    /// <summary>Takes note of every server that runs: from now on it must be this very process.</summary>
    public void Saw(IEnumerable<ServerView> servers)
    {
        foreach (var server in servers.Where(server => server.State == "running")) _runningIds.TryAdd(server.Name, server.Id);
    }

    /// <summary>What must hold at any moment, half-done work or not.</summary>
    public void AssertNothingIsLost(IReadOnlyList<ServerView> servers, IReadOnlyCollection<int> agents)
    {
        var byName = servers.ToDictionary(server => server.Name);
        Assert.Empty(_acknowledged.Keys.Except(byName.Keys));
        foreach (var (name, id) in _runningIds.Where(running => !_terminating.ContainsKey(running.Key)))
        {
            Assert.Equal((name, "running", id), (name, byName[name].State, byName[name].Id));
            Assert.Contains(Agents.Pid(byName[name]), agents);
        }
    }

    public bool IsSettled(ServerView server) => server.State switch
    {
        "running" => !_terminated.ContainsKey(server.Name),
        "stopped" => _terminating.ContainsKey(server.Name),
        _ => false,
    };
}
