using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Engine.Fleet;

/// <summary>For a caller of a scope, other servers do not exist.</summary>
public sealed class FleetScopeTests : IAsyncDisposable
{
    private static readonly Caller TeamA = new("a", Role.Admin) { Scope = Scope.Parse("team=a"), Address = "192.0.2.1", RequestId = "r1" };
    private static readonly Caller TeamB = new("b", Role.Operator) { Scope = Scope.Parse("team=b,b-*") };

    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Provision_InAScope_FillsInItsLabelsAndPrefix()
    {
        var a = await _engine.Fleet.ProvisionAsync(new(), TeamA, Timeout);
        var b = await _engine.Fleet.ProvisionAsync(new() { Labels = new Dictionary<string, string> { ["team"] = "b", ["x"] = "y" } }, TeamB, Timeout);

        Assert.Equal(("a", "a"), (a.Labels["team"], a.Owner));
        Assert.StartsWith("agent-", a.Name);
        Assert.Equal(("b", "y"), (b.Labels["team"], b.Labels["x"]));
        Assert.Matches("^b-[a-z0-9]{8}$", b.Name);
        var first = (await _engine.Fleet.ListEventsAsync(a.Name, TeamA, Timeout))[0];
        Assert.Equal(("a", "192.0.2.1", "r1"), (first.Actor, first.Address, first.RequestId));
    }

    [Fact]
    public async Task Provision_OutsideItsScope_IsDenied()
    {
        var label = await Assert.ThrowsAsync<AccessDeniedException>(
            () => _engine.Fleet.ProvisionAsync(new() { Labels = new Dictionary<string, string> { ["team"] = "b" } }, TeamA, Timeout));
        var name = await Assert.ThrowsAsync<AccessDeniedException>(() => _engine.Fleet.ProvisionAsync(new() { Name = "a-1" }, TeamB, Timeout));

        Assert.Contains("team", label.Message);
        Assert.Contains("b-", name.Message);
        Assert.Empty((await _engine.Fleet.ListAsync(new([], "", ""), 0, "", EngineFixture.Tester, Timeout)).Servers);
    }

    [Fact]
    public async Task EveryMethod_OfAnotherScopesServer_FindsNothing()
    {
        await _engine.Fleet.ProvisionAsync(new() { Name = "one" }, TeamA, Timeout);

        var hidden = await Assert.ThrowsAsync<OutOfScopeException>(() => _engine.Fleet.GetAsync("one", TeamB, Timeout).AsTask());
        var missing = await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.Fleet.GetAsync("two", TeamB, Timeout).AsTask());
        await Assert.ThrowsAsync<OutOfScopeException>(() => _engine.Fleet.TerminateAsync("one", true, "", TeamB, Timeout));
        await Assert.ThrowsAsync<OutOfScopeException>(() => _engine.Fleet.ListEventsAsync("one", TeamB, Timeout));
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _engine.Fleet.ListEventsAsync("two", TeamB, Timeout));

        Assert.Equal(missing.Message.Replace("two", "one", StringComparison.Ordinal), hidden.Message);
        Assert.Empty((await _engine.Fleet.ListAsync(new([], "", ""), 0, "", TeamB, Timeout)).Servers);
        Assert.Single((await _engine.Fleet.ListAsync(new([], "", ""), 0, "", TeamA, Timeout)).Servers);
        Assert.Equal(ServerState.Pending, (await _engine.Fleet.GetAsync("one", TeamA, Timeout)).State);
    }

    [Fact]
    public async Task Watch_InAScope_HearsOfItsServersOnly()
    {
        await _engine.Fleet.ProvisionAsync(new() { Name = "one" }, TeamA, Timeout);
        await _engine.Fleet.ProvisionAsync(new() { Name = "b-1" }, TeamB, Timeout);
        var heard = new List<string?>();

        await foreach (var change in _engine.Fleet.WatchAsync(new([], "", ""), 0, TeamB, Timeout))
        {
            heard.Add(change.Server?.Name);
            if (change.Type == ChangeType.Bookmark)
                break;
        }

        Assert.Equal(["b-1", null], heard);
    }

    [Fact]
    public async Task Provision_ANameOfAnotherScope_TellsNoMoreThanThatItIsTaken()
    {
        await _engine.ProvisionAsync("b-1");

        var hidden = await Assert.ThrowsAsync<NameTakenException>(() => _engine.Fleet.ProvisionAsync(new() { Name = "b-1" }, TeamB, Timeout));
        var seen = await Assert.ThrowsAsync<NameTakenException>(() => _engine.ProvisionAsync("b-1"));
        var asked = await Assert.ThrowsAsync<NameTakenException>(() => _engine.Fleet.ProvisionAsync(new() { Name = "b-1", ValidateOnly = true }, TeamB, Timeout));

        Assert.DoesNotContain("pending", hidden.Message);
        Assert.DoesNotContain("pending", asked.Message);
        Assert.Contains("pending", seen.Message);
    }

    [Fact]
    public async Task Provision_ARequestIdOfAnotherCaller_IsARequestOfItsOwn()
    {
        var a = await _engine.Fleet.ProvisionAsync(new() { RequestId = "same" }, TeamA, Timeout);
        var b = await _engine.Fleet.ProvisionAsync(new() { RequestId = "same" }, TeamB, Timeout);
        var again = await _engine.Fleet.ProvisionAsync(new() { RequestId = "same" }, TeamB, Timeout);

        Assert.NotEqual(a.Uid, b.Uid);
        Assert.Equal(b.Uid, again.Uid);
    }

    [Fact]
    public async Task Provision_PastTheCallersLimit_IsRefusedToThatCallerOnly()
    {
        var limited = TeamA with { MaxServers = 1 };
        await _engine.Fleet.ProvisionAsync(new(), limited, Timeout);

        var refused = await Assert.ThrowsAsync<ServerLimitException>(() => _engine.Fleet.ProvisionAsync(new(), limited, Timeout));
        await Assert.ThrowsAsync<ServerLimitException>(() => _engine.Fleet.ProvisionAsync(new() { ValidateOnly = true }, limited, Timeout));
        await _engine.ProvisionAsync();

        Assert.Equal(1, refused.Limit);
        Assert.Contains("Servers:Auth:MaxServers", refused.Message);
    }

    [Fact]
    public async Task ListEvents_ANameThatWasAnotherTeams_TellsOnesOwnOnly()
    {
        await _engine.StartAsync();
        await _engine.Fleet.ProvisionAsync(new() { Name = "b-1", Labels = new Dictionary<string, string> { ["team"] = "other" } }, EngineFixture.Tester, Timeout);
        await _engine.TerminateAsync("b-1", force: true);
        await _engine.PassTimeUntilAsync(server => server.State == ServerState.Stopped, "b-1");
        await _engine.PassTimeAsync("b-1");
        await _engine.LookGoneAsync("b-1");
        await _engine.Fleet.ProvisionAsync(new() { Name = "b-1" }, TeamB, Timeout);

        var all = await _engine.Fleet.ListEventsAsync("b-1", EngineFixture.Tester, Timeout);
        var own = await _engine.Fleet.ListEventsAsync("b-1", TeamB, Timeout);

        Assert.Equal(2, all.Select(e => e.Uid).Distinct().Count());
        Assert.Single(own.Select(e => e.Uid).Distinct());
        Assert.Equal("b", own[0].Actor);
    }
}
