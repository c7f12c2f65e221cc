using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class DueServersTests
{
    private static readonly DateTimeOffset Now = RuleServers.Now;

    private readonly DueServers _due = new();

    [Fact]
    public void Take_Empty_IsNothing()
    {
        Assert.Empty(_due.Take(Now, 9, isPaused: false));
        Assert.Null(_due.Next(isPaused: false));
    }

    [Fact]
    public void Take_AddedServers_TheDueOnesAndTheyStay()
    {
        Add(Waiting("due", 0), Waiting("later", 1), RuleServers.New("never") with { WakeAt = null });

        Assert.Equal(["due"], Take());
        Assert.Equal(["due"], Take());
        Assert.Equal(["due", "later"], _due.Take(Now + TimeSpan.FromSeconds(1), 9, isPaused: false).Select(server => server.Name));
        Assert.Equal(Now, _due.Next(isPaused: false));
    }

    [Fact]
    public void Take_Limited_TheMostUrgentOfAllKinds()
    {
        Add(Waiting("starting", -2), Waiting("other", -3) with { State = ServerState.Stopping });
        Add(Waiting("probe", -301) with { State = ServerState.Running });

        Assert.Equal(["other", "starting"], _due.Take(Now, 2, isPaused: false).Select(server => server.Name));
        Assert.Equal(["other", "probe"], _due.Take(Now, 2, isPaused: true).Select(server => server.Name));
        Assert.Empty(_due.Take(Now, 0, isPaused: false));
    }

    [Fact]
    public void Next_OfAnyKind_IsTheFirst()
    {
        Add(Waiting("other", 30) with { State = ServerState.Stopping });
        Assert.Equal(Now + TimeSpan.FromSeconds(30), _due.Next(isPaused: true));
        // Probes yield only where something else is due: they are looked at in time.
        Add(Waiting("probe", 20) with { State = ServerState.Running });
        Assert.Equal(Now + TimeSpan.FromSeconds(20), _due.Next(isPaused: true));
        Add(Waiting("starting", 10));
        Assert.Equal(Now + TimeSpan.FromSeconds(20), _due.Next(isPaused: true));
        Assert.Equal(Now + TimeSpan.FromSeconds(10), _due.Next(isPaused: false));
    }

    [Fact]
    public void Remove_OneOfSeveralAtTheSameTime_LeavesTheOthers()
    {
        Add(Waiting("one", 0), Waiting("two", 0), Waiting("three", 0));

        _due.Remove(Waiting("two", 0));

        Assert.Equal(["one", "three"], Take());
    }

    private IEnumerable<string> Take() => _due.Take(Now, 9, isPaused: false).Select(server => server.Name);

    private void Add(params ReadOnlySpan<ServerRecord> servers)
    {
        foreach (var server in servers)
            _due.Add(server);
    }

    private static ServerRecord Waiting(string name, int seconds) =>
        RuleServers.New(name) with { WakeAt = Now + TimeSpan.FromSeconds(seconds) };
}
