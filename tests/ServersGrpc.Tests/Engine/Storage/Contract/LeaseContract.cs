using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: leases, and what workers do under them.</summary>
public abstract class LeaseContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal LeaseContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Claim_DueServers_OnceOnly()
    {
        await _fixture.AddAsync("now");
        await _fixture.AddAsync(_fixture.NewServer("later") with { WakeAt = _fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(1) });
        await _fixture.AddAsync(_fixture.NewServer("never") with { WakeAt = null });

        var first = await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout);
        var second = await _fixture.Store.ClaimAsync(_fixture.Lease("b"), 10, _ => 10, Timeout);

        Assert.Equal("now", Assert.Single(first.Servers).Name);
        Assert.Empty(second.Servers);
        Assert.Equal(_fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(1), first.NextWake);
    }

    [Fact]
    public async Task Claim_LeaseEnded_AnotherWorkerGetsTheServerAndTheFirstLoses()
    {
        await _fixture.AddAsync("one");
        var first = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers);
        _fixture.Time.Advance(TimeSpan.FromMinutes(6));
        var second = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("b"), 10, _ => 10, Timeout)).Servers);

        Assert.Null(await _fixture.Store.SaveAsync(new(first with { State = ServerState.Creating }), "a", Timeout));
        Assert.NotNull(await _fixture.Store.SaveAsync(new(second with { State = ServerState.Creating }), "b", Timeout));
    }

    [Fact]
    public async Task Claim_SeveralProviders_NoMoreThanTheLimitAndEachShare()
    {
        foreach (var name in (string[])["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"])
            await _fixture.AddAsync(_fixture.NewServer(name) with { Provider = name[..1] });

        var first = (await ClaimAsync("x", limit: 5, provider => provider == "a" ? 2 : 1)).Servers;
        var second = (await ClaimAsync("y", limit: 2, _ => 10)).Servers;
        var third = (await ClaimAsync("z", limit: 10, provider => provider == "a" ? 0 : 10)).Servers;

        Assert.Equal(["a", "a", "b"], first.Select(server => server.Provider).Order());
        Assert.Equal(["a", "b"], second.Select(server => server.Provider).Order());
        Assert.Equal(["b", "b"], third.Select(server => server.Provider));
    }

    [Fact]
    public async Task Claim_ThatFails_TakesNothing()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { Provider = "a" });
        await _fixture.AddAsync(_fixture.NewServer("two") with { Provider = "b" });
        var asked = 0;

        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            () => ClaimAsync("x", share: _ => ++asked == 2 ? throw new InvalidTimeZoneException() : 10));

        Assert.All(await ListAsync(), server => Assert.Equal((null, 1L), (server.LeaseOwner, server.Version)));
        Assert.Equal(2, (await ClaimAsync("y")).Servers.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Claim_ClockSetBack_WhatWaitsForTheOldTimeIsDue(bool afterARestart)
    {
        var now = _fixture.Time.GetUtcNow();
        await _fixture.AddAsync(_fixture.NewServer("one") with { WakeAt = now + TimeSpan.FromHours(1), Scheduled = now });
        Assert.Empty((await ClaimAsync("x")).Servers);
        if (afterARestart)
            _fixture.Reopen();

        _fixture.Time.Advance(TimeSpan.FromDays(-1));

        Assert.Single((await ClaimAsync("y")).Servers);
    }

    [Fact]
    public async Task Claim_ClockSetBack_ALeaseEndsNoLaterThanOneGivenNow()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { Scheduled = _fixture.Time.GetUtcNow() });
        await ClaimAsync("x");

        _fixture.Time.Advance(TimeSpan.FromDays(-1));
        Assert.Empty((await ClaimAsync("y")).Servers);
        _fixture.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Single((await ClaimAsync("z")).Servers);
    }

    [Theory]
    [InlineData(ServerState.Pending, false, false)]
    [InlineData(ServerState.Creating, false, false)]
    [InlineData(ServerState.Creating, true, true)]
    [InlineData(ServerState.Shutdown, false, true)]
    public async Task Claim_Paused_LeavesWhatWouldStartAnInstance(ServerState state, bool createIsOpen, bool claimed)
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { State = state, CreateIsOpen = createIsOpen });
        await _fixture.Store.SetPausedAsync(true, Timeout);

        var claim = await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout);

        Assert.Equal(claimed ? 1 : 0, claim.Servers.Count);
        Assert.Equal(claimed, claim.NextWake is not null);
    }

    [Fact]
    public async Task Open_AfterTheOwnerDied_ItsLeasesAreFree()
    {
        await _fixture.AddAsync("one");
        await _fixture.Store.ClaimAsync(_fixture.Lease("dead"), 10, _ => 10, Timeout);

        _fixture.Reopen();

        Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("new"), 10, _ => 10, Timeout)).Servers);
    }

    [Fact]
    public async Task Change_WhileLeased_KeepsTheLeaseAndTheWorkerLoses()
    {
        await _fixture.AddAsync("one");
        var claimed = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers);

        var changed = await _fixture.Store.ChangeAsync(
            "one", s => new(s with { State = ServerState.Shutdown, WakeAt = _fixture.Time.GetUtcNow() }, new EventDraft("T", "t", "t")), Timeout);

        Assert.Equal("a", changed.LeaseOwner);
        Assert.Equal(changed.LeaseUntil, changed.WakeAt);
        Assert.Null(await _fixture.Store.SaveAsync(new(claimed with { State = ServerState.Running }), "a", Timeout));
        await _fixture.Store.ReleaseAsync([claimed.Uid], "a", Timeout);
        var again = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("b"), 10, _ => 10, Timeout)).Servers);
        Assert.Equal(ServerState.Shutdown, again.State);
    }

    [Fact]
    public async Task Save_OverAnEarlierSave_IsRefused()
    {
        var claimed = await AddClaimedAsync("one", "a");
        var saved = (await _fixture.Store.SaveAsync(new(claimed with { State = ServerState.Creating }), "a", Timeout))!;

        Assert.Null(await _fixture.Store.SaveAsync(new(claimed with { State = ServerState.Running }), "a", Timeout));

        Assert.Equal(saved, await _fixture.Store.FindAsync("one", Timeout));
        Assert.NotNull(await _fixture.Store.SaveAsync(new(saved with { State = ServerState.Running }), "a", Timeout));
    }

    [Fact]
    public async Task Save_UnderTheLeaseOfAnother_IsRefused()
    {
        var claimed = await AddClaimedAsync("one", "a");

        Assert.Null(await _fixture.Store.SaveAsync(new(claimed with { State = ServerState.Creating }), "b", Timeout));

        Assert.Equal(claimed, await _fixture.Store.FindAsync("one", Timeout));
    }

    [Fact]
    public async Task Save_WithEvents_AllOfItIsThereAlsoWhenReopened()
    {
        var claimed = await AddClaimedAsync("one", "a");
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        var after = claimed with { State = ServerState.Creating, CreateIsOpen = true, LeaseOwner = null, LeaseUntil = null };

        var saved = await _fixture.Store.SaveAsync(
            new(after, new EventDraft("A", "a", "w"), new EventDraft("B", "b", "w")), "a", Timeout);

        Assert.NotNull(saved);
        Assert.Equal((claimed.Revision + 2, _fixture.Time.GetUtcNow()), (saved.Revision, saved.Updated));
        foreach (var reopened in (bool[])[false, true])
        {
            if (reopened)
                _fixture.Reopen();
            var found = (await _fixture.Store.FindAsync("one", Timeout))!;
            Assert.Equal((ServerState.Creating, true, saved.Revision), (found.State, found.CreateIsOpen, found.Revision));
            Assert.Equal(
                [("ProvisionRequested", 1L, ServerState.Pending), ("A", 2, ServerState.Creating), ("B", 3, ServerState.Creating)],
                (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(e => (e.Reason, e.Revision, e.State)));
        }
    }

    [Fact]
    public async Task Save_WithoutEvents_IsNoChangeThatCallersSee()
    {
        await _fixture.AddAsync("one");
        var claimed = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var saved = await _fixture.Store.SaveAsync(new(claimed with { Probes = 1 }), "a", Timeout);

        Assert.NotNull(saved);
        Assert.Equal((claimed.Etag, claimed.Updated, 1), (saved.Etag, saved.Updated, saved.Probes));
    }

    [Fact]
    public async Task Release_ByItsOwnerOnly_IsDueAtOnce()
    {
        var claimed = await AddClaimedAsync("one", "a");

        await _fixture.Store.ReleaseAsync([claimed.Uid], "b", Timeout);
        Assert.Empty((await ClaimAsync("c")).Servers);

        await _fixture.Store.ReleaseAsync([claimed.Uid, "gone"], "a", Timeout);
        Assert.Single((await ClaimAsync("c")).Servers);
    }

    [Fact]
    public async Task Purge_Held_RowGoesEventsStayNameIsFree()
    {
        await _fixture.AddAsync("one");
        var claimed = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers);

        Assert.False(await _fixture.Store.PurgeAsync(claimed, new("Purged", "p", "t"), "b", Timeout));
        Assert.True(await _fixture.Store.PurgeAsync(claimed, new("Purged", "p", "t"), "a", Timeout));

        Assert.Null(await _fixture.Store.FindAsync("one", Timeout));
        Assert.Equal(["ProvisionRequested", "Purged"], (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(e => e.Reason));
        await _fixture.AddAsync("one");
        _fixture.Reopen();
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Purge_ChangedMeanwhile_IsRefused()
    {
        var claimed = await AddClaimedAsync("one", "a");
        await _fixture.Store.ChangeAsync("one", s => new(s with { Error = "e" }, new EventDraft("T", "t", "t")), Timeout);

        Assert.False(await _fixture.Store.PurgeAsync(claimed, new("Purged", "p", "t"), "a", Timeout));

        Assert.Equal("e", (await _fixture.Store.FindAsync("one", Timeout))!.Error);
        Assert.Equal(["ProvisionRequested", "T"], (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(e => e.Reason));
    }

    [Fact]
    public async Task Purge_AsTheWorkerLeftIt_IsGoneForGood()
    {
        var claimed = await AddClaimedAsync("one", "a");
        var left = claimed with { State = ServerState.Stopped, Stopped = _fixture.Time.GetUtcNow(), WakeAt = null };

        Assert.True(await _fixture.Store.PurgeAsync(left, new("Purged", "p", "t"), "a", Timeout));

        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty((await ClaimAsync("b")).Servers);
        await _fixture.Store.AddAsync(_fixture.NewServer("one"), new("A", "a", "t"), new(1), Timeout);
    }

    [Fact]
    public async Task Purge_WithARotationUnderWay_RemembersNoSecret()
    {
        var keys = new ServerCredentials("a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray(), "d"u8.ToArray());
        await _fixture.AddAsync("one");
        await _fixture.Store.ChangeAsync("one", s => new(s with { Next = new("next", keys) }, new EventDraft("R", "r", "t")), Timeout);
        var claimed = Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("me"), 1, _ => 1, Timeout)).Servers);

        await _fixture.Store.PurgeAsync(claimed, new("Purged", "p", "t"), "me", Timeout);

        var changes = new List<ServerChange>();
        await foreach (var change in _fixture.Store.WatchAsync(1, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout))
        {
            if (change.Type == ChangeType.Bookmark)
                break;
            changes.Add(change);
        }
        Assert.Equal([ChangeType.Modified, ChangeType.Deleted], changes.Select(change => change.Type));
        Assert.All(changes, change => Assert.Equal((null, ""), (change.Server!.Next, change.Server.Secret)));
    }

    [Fact]
    public async Task Woken_AServerBecomesDue_IsRaised()
    {
        var woken = new TaskCompletionSource();
        _fixture.Store.Woken += () => woken.TrySetResult();

        await _fixture.AddAsync("one");

        Assert.Null(await Record.ExceptionAsync(() => woken.Task.WaitAsync(TimeSpan.FromSeconds(5))));
    }

    private async Task<ServerRecord> AddClaimedAsync(string name, string owner)
    {
        await _fixture.AddAsync(name);
        return Assert.Single((await ClaimAsync(owner)).Servers);
    }

    private Task<Claim> ClaimAsync(string owner, int limit = 10, Func<string, int>? share = null) =>
        _fixture.Store.ClaimAsync(_fixture.Lease(owner), limit, share ?? (_ => 10), Timeout);

    private async Task<IReadOnlyList<ServerRecord>> ListAsync() =>
        await _fixture.Store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout);
}
