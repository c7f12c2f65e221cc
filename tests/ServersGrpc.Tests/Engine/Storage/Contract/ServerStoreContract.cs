using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: servers, leases, settings.</summary>
public abstract class ServerStoreContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal ServerStoreContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Add_Reopened_EveryFieldIsThere()
    {
        var added = await _fixture.AddAsync(_fixture.NewServer("one") with
        {
            RequestId = "id",
            RequestDigest = "digest",
            Deadline = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(1),
            Started = _fixture.Time.GetUtcNow(),
            Error = "error",
            Address = "127.1.2.3",
            InstanceId = "instance",
            Attempts = 3,
            Probes = 4,
            CreateIsOpen = true,
        });

        _fixture.Reopen();
        var found = await _fixture.Store.FindAsync("one", Timeout);

        Assert.NotNull(found);
        Assert.Equal(added with { Labels = found.Labels, Credentials = found.Credentials }, found);
        Assert.Equal(added.Labels, found.Labels);
        Assert.Equal("ca key"u8, found.Credentials.CaKey.Span);
        Assert.Equal("ca cert"u8, found.Credentials.CaCertificate.Span);
        Assert.Equal("tls key"u8, found.Credentials.TlsKey.Span);
        Assert.Equal("tls cert"u8, found.Credentials.TlsCertificate.Span);
    }

    [Fact]
    public async Task Change_Rotation_EveryCredentialIsThereWhenReopened()
    {
        var ends = _fixture.Time.GetUtcNow() + TimeSpan.FromDays(1);
        var server = _fixture.NewServer("one");
        await _fixture.AddAsync(server with { Credentials = server.Credentials with { Expires = ends } });
        var keys = new ServerCredentials("ca key 2"u8.ToArray(), "ca cert 2"u8.ToArray(), "tls key 2"u8.ToArray(), "tls cert 2"u8.ToArray())
        {
            Expires = ends + TimeSpan.FromDays(2),
        };

        await ChangeAsync(s => s with { Next = new("secret 2", keys), ExpiryTold = true });
        _fixture.Reopen();
        var pending = (await _fixture.Store.FindAsync("one", Timeout))!;
        Assert.Equal(("secret of one", ends, true), (pending.Secret, pending.Credentials.Expires, pending.ExpiryTold));
        Assert.Equal("tls key"u8, pending.Credentials.TlsKey.Span);
        Assert.Equal(("secret 2", keys.Expires), (pending.Next!.Secret, pending.Next.Keys.Expires));
        Assert.Equal("ca key 2"u8, pending.Next.Keys.CaKey.Span);
        Assert.Equal("tls cert 2"u8, pending.Next.Keys.TlsCertificate.Span);

        await ChangeAsync(s => s.Renewed());
        _fixture.Reopen();
        var renewed = (await _fixture.Store.FindAsync("one", Timeout))!;
        Assert.Null(renewed.Next);
        Assert.Equal(("secret 2", keys.Expires, false, "#cloud-config"), (renewed.Secret, renewed.Credentials.Expires, renewed.ExpiryTold, renewed.UserData));
        Assert.Equal("ca key 2"u8, renewed.Credentials.CaKey.Span);
        Assert.Equal("ca cert 2"u8, renewed.Credentials.CaCertificate.Span);
        Assert.Equal("tls key 2"u8, renewed.Credentials.TlsKey.Span);
        Assert.Equal("tls cert 2"u8, renewed.Credentials.TlsCertificate.Span);

        Task ChangeAsync(Func<ServerRecord, ServerRecord> change) =>
            _fixture.Store.ChangeAsync("one", s => new(change(s), new EventDraft("R", "r", "t")), Timeout);
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
    public async Task Add_NameTaken_IsRefusedAndTheOtherIsUnchanged()
    {
        var first = await _fixture.AddAsync("one");

        await Assert.ThrowsAsync<NameTakenException>(() => _fixture.AddAsync("one"));

        Assert.Equal(first, await _fixture.Store.FindAsync("one", Timeout));
    }

    [Fact]
    public async Task Add_AddressOfAServerThatIsNotStopped_IsRefusedAlsoWhenReopened()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { Address = "127.1.2.3" });

        await Assert.ThrowsAsync<AddressTakenException>(() => _fixture.AddAsync(_fixture.NewServer("two") with { Address = "127.1.2.3" }));
        _fixture.Reopen();
        // Whichever provider gave it out: they share the machine.
        var other = _fixture.NewServer("two") with { Address = "127.1.2.3", Provider = "other" };
        await Assert.ThrowsAsync<AddressTakenException>(() => _fixture.AddAsync(other));

        Assert.Null(await _fixture.Store.FindAsync("two", Timeout));
        await _fixture.AddAsync(other with { Address = "127.1.2.4" });
    }

    [Fact]
    public async Task Add_AddressOfAStoppedServer_IsGivenAgain()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { Address = "127.1.2.3" });
        await _fixture.Store.ChangeAsync(
            "one", s => new(s with { State = ServerState.Stopped, Stopped = _fixture.Time.GetUtcNow() }, new EventDraft("S", "s", "t")), Timeout);

        await _fixture.AddAsync(_fixture.NewServer("two") with { Address = "127.1.2.3" });

        Assert.Equal("127.1.2.3", (await _fixture.Store.FindAsync("two", Timeout))!.Address);
    }

    [Fact]
    public async Task Add_NoAddressKnown_IsNoClash()
    {
        await _fixture.AddAsync("one");

        Assert.Equal("", (await _fixture.AddAsync("two")).Address);
    }

    [Fact]
    public async Task Add_SameAddressManyTimesAtOnce_OneHasIt()
    {
        var adds = Enumerable.Range(0, 50).Select(i => _fixture.AddAsync(_fixture.NewServer($"s{i}") with { Address = "127.1.2.3" })).ToArray();
        await Task.WhenAll(adds.Select(add => add.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(1, adds.Count(add => add.IsCompletedSuccessfully));
        Assert.All(adds.Where(add => add.IsFaulted), add => Assert.IsType<AddressTakenException>(add.Exception!.InnerException));
    }

    [Fact]
    public async Task Add_SameRequestIdAndAnotherAddress_AnswersTheSameServer()
    {
        var first = await _fixture.AddAsync(
            _fixture.NewServer("one") with { RequestId = "id", RequestDigest = "a", Address = "127.1.2.3" });

        foreach (var address in new[] { "127.1.2.3", "127.1.2.4" })
        {
            var again = _fixture.NewServer("two") with { RequestId = "id", RequestDigest = "a", Address = address };
            Assert.Equal((first.Uid, "127.1.2.3"), ((await _fixture.AddAsync(again)).Uid, first.Address));
        }
    }

    [Fact]
    public async Task Add_SameRequestIdAndDigest_AnswersTheSameServer()
    {
        var first = await _fixture.AddAsync(_fixture.NewServer("one") with { RequestId = "id", RequestDigest = "a" });
        var again = await _fixture.AddAsync(_fixture.NewServer("two") with { RequestId = "id", RequestDigest = "a" });

        Assert.Equal(first, again);
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Add_SameRequestIdOtherDigest_IsRefused()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { RequestId = "id", RequestDigest = "a" });

        await Assert.ThrowsAsync<RequestIdReusedException>(
            () => _fixture.AddAsync(_fixture.NewServer("two") with { RequestId = "id", RequestDigest = "b" }));
    }

    [Fact]
    public async Task Add_AtTheLimit_IsRefusedAndStoppedServersDoNotCount()
    {
        await _fixture.AddAsync(_fixture.NewServer("gone") with { State = ServerState.Stopped, Stopped = _fixture.Time.GetUtcNow() });
        await _fixture.Store.AddAsync(_fixture.NewServer("one"), new("A", "a", "t"), new(1), Timeout);

        var refused = await Assert.ThrowsAsync<ServerLimitException>(
            () => _fixture.Store.AddAsync(_fixture.NewServer("two"), new("A", "a", "t"), new(1), Timeout));

        Assert.Equal(1, refused.Limit);
    }

    [Fact]
    public async Task Add_ManyAtOnceSomeRefused_TheOthersAreAllDurable()
    {
        var tries = Enumerable.Range(0, 300).Select(i => _fixture.AddAsync($"s{i % 200}")).ToArray();
        await Task.WhenAll(tries.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(200, tries.Count(task => task.IsCompletedSuccessfully));
        Assert.All(tries.Where(task => task.IsFaulted), task => Assert.IsType<NameTakenException>(task.Exception!.InnerException));
        _fixture.Reopen();
        Assert.Equal(200, (await ListAsync()).Count);
        var revisions = (await ListAsync()).Select(s => s.Revision).Order();
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), revisions);
    }

    [Fact]
    public async Task List_Always_OldestFirstThenByName()
    {
        await _fixture.AddAsync("b");
        await _fixture.AddAsync("a");
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _fixture.AddAsync("0");

        Assert.Equal(["a", "b", "0"], (await ListAsync()).Select(s => s.Name));
    }

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
    public async Task Change_UnknownName_IsRefused() =>
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _fixture.Store.ChangeAsync("none", s => new(s), Timeout));

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
    public async Task Open_AfterTheOwnerDied_ItsLeasesAreFree()
    {
        await _fixture.AddAsync("one");
        await _fixture.Store.ClaimAsync(_fixture.Lease("dead"), 10, _ => 10, Timeout);

        _fixture.Reopen();

        Assert.Single((await _fixture.Store.ClaimAsync(_fixture.Lease("new"), 10, _ => 10, Timeout)).Servers);
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
    public async Task ForgetBefore_PurgedServer_ItsEventsGoAndOthersStay()
    {
        await _fixture.AddAsync("kept");
        await _fixture.AddAsync("gone");
        var claimed = (await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers.Single(s => s.Name == "gone");
        await _fixture.Store.PurgeAsync(claimed, new("Purged", "p", "t"), "a", Timeout);
        _fixture.Time.Advance(TimeSpan.FromDays(1));

        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        Assert.Empty(await _fixture.Store.ListEventsAsync("gone", Timeout));
        Assert.Single(await _fixture.Store.ListEventsAsync("kept", Timeout));
    }

    [Fact]
    public async Task SetPaused_Reopened_IsStillPaused()
    {
        await _fixture.Store.SetPausedAsync(true, Timeout);
        _fixture.Reopen();

        Assert.True(await _fixture.Store.IsPausedAsync(Timeout));
        await _fixture.Store.SetPausedAsync(false, Timeout);
        Assert.False(await _fixture.Store.IsPausedAsync(Timeout));
    }

    [Fact]
    public void InstallationId_Reopened_IsTheSameAndNoOtherIsTaken()
    {
        var id = _fixture.Store.InstallationId;
        _fixture.Reopen();

        Assert.Equal(id, _fixture.Store.InstallationId);
        _fixture.Reopen(id);
        var refused = Assert.Throws<StoreOpenException>(() => _fixture.Open("another"));
        Assert.Contains("Servers:InstallationId", refused.Message);
    }

    public void Dispose() => _fixture.Dispose();

    private async Task<IReadOnlyList<ServerRecord>> ListAsync() =>
        await _fixture.Store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout);
}
