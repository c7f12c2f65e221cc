using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: servers.</summary>
public abstract class ServerStoreContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal ServerStoreContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Add_Reopened_EveryFieldIsThere()
    {
        var given = Filled(_fixture.NewServer("one")) with
        {
            Owner = "owner",
            RequestId = "id",
            RequestDigest = "digest",
            Placements = [new("region", "size"), new("region 2", "size 2")],
        };
        var added = await _fixture.AddAsync(given);

        var now = _fixture.Time.GetUtcNow();
        Assert.Equal(given with { Version = 1, Revision = 1, Updated = now, Entered = now }, added);
        _fixture.Reopen();
        var found = await _fixture.Store.FindAsync("one", Timeout);
        Assert.NotNull(found);
        Assert.Equal(added with { Labels = found.Labels, Placements = found.Placements, Credentials = found.Credentials }, found);
        Assert.Equal(added.Labels, found.Labels);
        Assert.Equal(added.Placements, found.Placements);
        Assert.Equal("ca key"u8, found.Credentials.CaKey.Span);
        Assert.Equal("ca cert"u8, found.Credentials.CaCertificate.Span);
        Assert.Equal("tls key"u8, found.Credentials.TlsKey.Span);
        Assert.Equal("tls cert"u8, found.Credentials.TlsCertificate.Span);
    }

    [Fact]
    public async Task Change_Reopened_EveryFieldIsThere()
    {
        var added = await _fixture.AddAsync("one");
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var now = _fixture.Time.GetUtcNow();
        var after = Filled(added) with { ExpiryTold = true };

        var changed = await _fixture.Store.ChangeAsync("one", _ => new(after, new EventDraft("R", "r", "t")), Timeout);

        Assert.Equal(after with { Version = 2, Revision = 2, Updated = now, Entered = now, Opened = now }, changed);
        _fixture.Reopen();
        var found = await _fixture.Store.FindAsync("one", Timeout);
        Assert.NotNull(found);
        Assert.Equal(changed with { Labels = found.Labels, Placements = found.Placements, Credentials = found.Credentials }, found);
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
        Assert.NotNull(pending.Next);
        Assert.Equal(("secret 2", keys.Expires), (pending.Next.Secret, pending.Next.Keys.Expires));
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
    public async Task Add_NameTaken_IsRefusedAndTheOtherIsUnchanged()
    {
        var first = await _fixture.AddAsync("one");

        await Assert.ThrowsAsync<NameTakenException>(() => _fixture.AddAsync("one"));

        Assert.Equal(first, await _fixture.Store.FindAsync("one", Timeout));
    }

    [Fact]
    public async Task Add_NamesThatDifferInCase_AreTwoServers()
    {
        await _fixture.AddAsync("web");
        await _fixture.AddAsync(_fixture.NewServer("Web") with { Region = "other" });

        foreach (var reopened in (bool[])[false, true])
        {
            if (reopened)
                _fixture.Reopen();
            Assert.Equal("region", (await _fixture.Store.FindAsync("web", Timeout))!.Region);
            Assert.Equal("other", (await _fixture.Store.FindAsync("Web", Timeout))!.Region);
            Assert.Null(await _fixture.Store.FindAsync("WEB", Timeout));
        }
    }

    [Fact]
    public async Task Add_UidTaken_IsRefusedAloneAndTheOtherIsUnchanged()
    {
        var one = await _fixture.AddAsync("one");

        // In the middle of a transaction that others share.
        var refused = _fixture.AddAsync(_fixture.NewServer("two") with { Uid = one.Uid });
        var others = Enumerable.Range(0, 20).Select(i => _fixture.AddAsync($"s{i}")).ToArray();

        await Assert.ThrowsAnyAsync<Exception>(() => refused);
        await Task.WhenAll(others);
        Assert.Equal(one, await _fixture.Store.FindAsync("one", Timeout));
        Assert.Equal(21, (await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 99, _ => 99, Timeout)).Servers.Count);
        _fixture.Reopen();
        Assert.Equal(21, (await ListAsync()).Count);
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
        _fixture.Reopen();
        Assert.Equal(first.Uid, (await _fixture.AddAsync(_fixture.NewServer("three") with { RequestId = "id", RequestDigest = "a" })).Uid);
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
    public async Task Add_SameRequestIdOfAnotherOwner_IsAnotherServer()
    {
        var mine = await _fixture.AddAsync(_fixture.NewServer("one") with { Owner = "me", RequestId = "id", RequestDigest = "a" });

        var yours = await _fixture.AddAsync(_fixture.NewServer("two") with { Owner = "you", RequestId = "id", RequestDigest = "b" });

        Assert.NotEqual(mine.Uid, yours.Uid);
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
    public async Task Add_AtTheLimitOfItsOwner_IsRefusedAndThoseOfOthersAreNot()
    {
        await _fixture.AddAsync(_fixture.NewServer("one") with { Owner = "me" });
        _fixture.Reopen();

        var refused = await Assert.ThrowsAsync<ServerLimitException>(() => AddAsync("two", "me"));
        Assert.Equal(1, refused.Limit);
        await AddAsync("three", "you");

        Task<ServerRecord> AddAsync(string name, string owner) =>
            _fixture.Store.AddAsync(_fixture.NewServer(name) with { Owner = owner }, new("A", "a", "t"), new(9, 1), Timeout);
    }

    [Fact]
    public async Task TryAdd_WhateverItAnswers_AddsNothing()
    {
        var one = await _fixture.AddAsync(_fixture.NewServer("one") with { RequestId = "id", RequestDigest = "a" });
        var two = _fixture.NewServer("two");

        Assert.Equal(two, await TryAddAsync(two));
        Assert.Equal(one, await TryAddAsync(two with { RequestId = "id", RequestDigest = "a" }));
        await Assert.ThrowsAsync<RequestIdReusedException>(() => TryAddAsync(two with { RequestId = "id", RequestDigest = "b" }));
        await Assert.ThrowsAsync<NameTakenException>(() => TryAddAsync(two with { Name = "one" }));
        await Assert.ThrowsAsync<ServerLimitException>(() => TryAddAsync(two, limit: 1));

        Assert.Equal(one, Assert.Single(await ListAsync()));
        Assert.Empty(await _fixture.Store.ListEventsAsync("two", Timeout));
        Assert.Equal(one.Revision + 1, (await _fixture.AddAsync(two)).Revision);

        Task<ServerRecord> TryAddAsync(ServerRecord server, int limit = StoreFixture.NoLimit) =>
            _fixture.Store.TryAddAsync(server, new(limit), Timeout).AsTask();
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
    public async Task Change_SeveralEvents_AllOfItIsThereAlsoWhenReopened()
    {
        var added = await _fixture.AddAsync("one");
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var changed = await _fixture.Store.ChangeAsync(
            "one", s => new(s with { State = ServerState.Shutdown }, new EventDraft("A", "a", "t"), new EventDraft("B", "b", "t")), Timeout);

        Assert.Equal((added.Revision + 2, _fixture.Time.GetUtcNow()), (changed.Revision, changed.Updated));
        foreach (var reopened in (bool[])[false, true])
        {
            if (reopened)
                _fixture.Reopen();
            var found = (await _fixture.Store.FindAsync("one", Timeout))!;
            Assert.Equal((ServerState.Shutdown, changed.Revision, changed.Updated), (found.State, found.Revision, found.Updated));
            Assert.Equal(
                [("ProvisionRequested", 1L, ServerState.Pending), ("A", 2, ServerState.Shutdown), ("B", 3, ServerState.Shutdown)],
                (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(e => (e.Reason, e.Revision, e.State)));
        }
    }

    [Fact]
    public async Task Change_ThatChangesNothing_LeavesTheServerAsItIs()
    {
        var added = await _fixture.AddAsync("one");

        Assert.Equal(added, await _fixture.Store.ChangeAsync("one", _ => null, Timeout));

        Assert.Equal(added, await _fixture.Store.FindAsync("one", Timeout));
        Assert.Single(await _fixture.Store.ListEventsAsync("one", Timeout));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_ReopenedAfterANoteOrAPurge_ItsRevisionIsNotHandedOutAgain(bool isPurge)
    {
        await _fixture.AddAsync("kept");
        var one = await _fixture.AddAsync("one");
        if (isPurge)
        {
            var claim = await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 9, _ => 9, Timeout);
            await _fixture.Store.PurgeAsync(claim.Servers.Single(s => s.Name == "one"), new("Purged", "p", "t"), "a", Timeout);
        }
        else
        {
            await _fixture.Store.NoteAsync([new(one, new("SecretsRead", "read", "me"))], Timeout);
        }
        _fixture.Reopen();

        Assert.Equal(one.Revision + 2, (await _fixture.AddAsync("two")).Revision);
    }

    [Fact]
    public async Task Change_UnknownName_IsRefused() =>
        await Assert.ThrowsAsync<ServerNotFoundException>(() => _fixture.Store.ChangeAsync("none", s => new(s), Timeout));

    public void Dispose() => _fixture.Dispose();

    /// <summary>The server with a value in every field that may change.</summary>
    private ServerRecord Filled(ServerRecord server) => server with
    {
        State = ServerState.Creating,
        InstanceId = "instance",
        Image = "image 2",
        Region = "region 2",
        Size = "size 2",
        Platform = "linux/arm64",
        Address = "127.1.2.3",
        Error = "error",
        Started = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(1),
        Stopped = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(2),
        CreateIsOpen = true,
        Attempts = 3,
        Probes = 4,
        Deadline = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(3),
        AbsentSince = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(4),
        WakeAt = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(5),
        Scheduled = _fixture.Time.GetUtcNow() + TimeSpan.FromHours(6),
        Cause = "cause",
    };

    private async Task<IReadOnlyList<ServerRecord>> ListAsync() =>
        await _fixture.Store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout);
}
