using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>What a clock that is set, on or back, must not do. All of it was seen in simulations.</summary>
public sealed class SetClockTests : IDisposable
{
    private readonly StoreFixture _store = new();

    [Fact]
    public async Task SetBack_LeaseOfTheOldTime_EndsNoLaterThanANewOne()
    {
        await _store.AddAsync("one");
        await ClaimAsync("dead");
        _store.Time.Advance(TimeSpan.FromHours(-1));

        var claim = await ClaimAsync("worker");

        var longest = _store.Lease("worker").Until;
        Assert.Empty(claim.Servers);
        Assert.Equal(longest, claim.NextWake);
        var server = await FindAsync();
        Assert.Equal(("dead", longest, longest), (server.LeaseOwner, server.LeaseUntil, server.WakeAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Set_OnAndBackBetweenTwoLooks_NothingWaitsForTheWrongTime(bool restart)
    {
        var began = _store.Time.GetUtcNow();
        await _store.AddAsync("one");
        await ClaimAsync("worker");
        _store.Time.Advance(TimeSpan.FromHours(9));
        await _store.Store.ReleaseAsync([(await FindAsync()).Uid], "worker", StoreFixture.Timeout);
        _store.Time.Advance(TimeSpan.FromHours(-9));
        Assert.Equal(began + TimeSpan.FromHours(9), (await FindAsync()).WakeAt);
        if (restart)
            _store.Reopen();

        Assert.Single((await ClaimAsync("worker")).Servers);

        Assert.Equal(began, (await FindAsync()).Scheduled);
    }

    [Fact]
    public async Task Set_OnWhileTheLeasesOfTheDeadEnd_IsKnownAfterwards()
    {
        await _store.AddAsync("one");
        await ClaimAsync("dead");
        _store.Time.Advance(TimeSpan.FromHours(9));
        _store.Reopen();
        _store.Time.Advance(TimeSpan.FromHours(-9));
        _store.Reopen();

        Assert.Single((await ClaimAsync("worker")).Servers);
    }

    [Fact]
    public void Bound_TheDrainOfAProviderThatIsNotEnabled_IsOver()
    {
        var now = _store.Time.GetUtcNow();
        var server = _store.NewServer("one") with { State = ServerState.Shutdown, Deadline = now + TimeSpan.FromDays(2) };

        Assert.Equal(now, new Deadlines(new([]), new()).Bound(server, now).Deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Set_OnAndBackWhileAStepRuns_NothingWaitsForTheWrongTime(bool restart)
    {
        await using var engine = new EngineFixture();
        await engine.StartAsync();
        await engine.ProvisionAsync();
        await engine.IsAsync(ServerState.Running);
        await engine.SettleAsync(["one"]);
        var (began, probes) = (engine.Time.GetUtcNow(), engine.Probe.Probes);

        // A probe begins hours ahead, and ends when the clock is right again.
        engine.Probe.Hold();
        engine.Time.Advance(TimeSpan.FromHours(9));
        await EngineFixture.UntilAsync(() => engine.Probe.Probes > probes);
        engine.Time.Advance(TimeSpan.FromHours(-9));
        engine.Probe.LetGo();
        await engine.LookAsync(s => s.LeaseOwner is null);
        if (restart)
            await engine.RestartAsync();

        await EngineFixture.UntilAsync(() =>
        {
            engine.Time.Advance(TimeSpan.FromSeconds(10));
            return engine.Probe.Probes > probes + 3;
        });
        Assert.InRange(engine.Time.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Claim_TwiceInOneProcess_HasAnotherOwner()
    {
        // What comes back after its lease must not give back the lease of the claim that followed: the two would drive each other for ever.
        await using var engine = new EngineFixture();
        var hang = new TaskCompletionSource();
        engine.Provider.BeforeCreate = hang.Task.WaitAsync;
        await engine.StartAsync();
        await engine.ProvisionAsync("one");
        var one = await engine.IsAsync(ServerState.Creating, "one");
        await engine.ProvisionAsync("two");
        var two = await engine.IsAsync(ServerState.Creating, "two");

        hang.SetResult();
        Assert.NotEqual(one.LeaseOwner, two.LeaseOwner);
    }

    private Task<Claim> ClaimAsync(string owner) => _store.Store.ClaimAsync(_store.Lease(owner), 1, _ => 1, StoreFixture.Timeout);

    private async Task<ServerRecord> FindAsync() => (await _store.Store.FindAsync("one", StoreFixture.Timeout))!;

    public void Dispose() => _store.Dispose();
}
