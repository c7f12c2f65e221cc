using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>Where a server is made when what it asked for is out of stock.</summary>
public sealed class FallbackTests : IAsyncLifetime
{
    private static readonly Placement First = new("region", "size");
    private static readonly Placement Second = new("north", "size");
    private static readonly Placement Third = new("north", "large");

    private readonly EngineFixture _engine = new();

    public Task InitializeAsync() => _engine.StartAsync();

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task OutOfStock_RequestHasAlternatives_TheNextIsTriedAtOnceAndTold()
    {
        _engine.Provider.OutOfStock[First] = _engine.Provider.OutOfStock[Second] = true;
        await ProvisionAsync("one");

        var running = await _engine.IsAsync(ServerState.Running);

        Assert.Equal(Third, new(running.Region, running.Size));
        Assert.Equal([First, Second, Third], _engine.Provider.Asked);
        var events = await _engine.Store.ListEventsAsync("one", EngineFixture.Timeout);
        Assert.Equal(
            ["size in region is out of stock. Next: size in north.", "size in north is out of stock. Next: large in north."],
            events.Where(e => e.Reason == "PlacementUnavailable").Select(e => e.Message));
    }

    [Fact]
    public async Task OutOfStock_AnotherServerSoonAfter_PassesOverWhatWasShort()
    {
        _engine.Provider.OutOfStock[First] = true;
        await ProvisionAsync("one");
        await _engine.IsAsync(ServerState.Running);

        await ProvisionAsync("two");
        await _engine.IsAsync(ServerState.Running, "two");
        _engine.Time.Advance(_engine.Options.ShortageMemory);
        await ProvisionAsync("three");
        await _engine.IsAsync(ServerState.Running, "three");

        Assert.Equal([First, Second, Second, First, Second], _engine.Provider.Asked);
    }

    [Fact]
    public async Task OutOfStock_Everywhere_WaitsLongAndCountsOneTry()
    {
        foreach (var placement in new[] { First, Second, Third })
            _engine.Provider.OutOfStock[placement] = true;
        await ProvisionAsync("one");

        var waiting = await _engine.LookAsync(s => s.Attempts == 1 && s.LeaseOwner is null);
        Assert.InRange(waiting.WakeAt!.Value - _engine.Time.GetUtcNow(), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
        _engine.Provider.OutOfStock.Clear();
        await _engine.PassTimeAsync();

        await _engine.IsAsync(ServerState.Running);
        Assert.Equal(4, _engine.Provider.Asked.Count);
    }

    [Fact]
    public async Task OutOfStock_AfterARestart_TheAlternativesAreStillKnown()
    {
        await _engine.Store.SetPausedAsync(true, EngineFixture.Timeout);
        await ProvisionAsync("one");
        _engine.Provider.OutOfStock[First] = true;

        await _engine.RestartAsync();
        await _engine.Store.SetPausedAsync(false, EngineFixture.Timeout);

        Assert.Equal("north", (await _engine.IsAsync(ServerState.Running)).Region);
    }

    [Fact]
    public async Task OutOfStock_SectionHasAlternatives_TheyServeRequestsThatNameNoPlace()
    {
        _engine.Provider.Alternatives = [Second];
        _engine.Provider.OutOfStock[First] = true;
        await _engine.ProvisionAsync();
        await _engine.Fleet.ProvisionAsync(new() { Name = "named", Region = "region" }, EngineFixture.Tester, EngineFixture.Timeout);

        Assert.Equal("north", (await _engine.IsAsync(ServerState.Running)).Region);
        Assert.Equal("region", (await _engine.LookAsync(s => s.Attempts == 1, "named")).Region);
    }

    [Fact]
    public async Task Alternatives_Bad_AreAllNamed()
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => _engine.Fleet.ProvisionAsync(
            new() { Alternatives = [new("", ""), new("a\n", "b"), .. Enumerable.Repeat(new Placement("a", "b"), 15)] }, EngineFixture.Tester, EngineFixture.Timeout));

        Assert.Equal(["alternatives", "alternatives[0]", "alternatives[1].region"], refused.Violations.Select(v => v.Field));
    }

    private Task<ServerRecord> ProvisionAsync(string name) => _engine.Fleet.ProvisionAsync(
        new ProvisionRequest { Name = name, Alternatives = [new("north", ""), Third] }, EngineFixture.Tester, EngineFixture.Timeout);
}
