using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Watch;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: watches.</summary>
public abstract class WatchContract : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly StoreFixture _fixture;

    internal WatchContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Watch_FromZero_EveryServerThenABookmarkThenWhatHappens()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(0);

        Assert.Equal((ChangeType.Added, 1, "one"), await NextAsync(watch));
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));
        await _fixture.AddAsync("two");
        Assert.Equal((ChangeType.Added, 2, "two"), await NextAsync(watch));
        await ChangeAsync("one");
        Assert.Equal((ChangeType.Modified, 3, "one"), await NextAsync(watch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_FromARevision_EveryChangeSinceAsItWas(bool afterARestart)
    {
        await _fixture.AddAsync("one");
        await ChangeAsync("one", server => server with { State = ServerState.Creating, Error = "out of stock" });
        await ChangeAsync("one", server => server with { State = ServerState.Staging, InstanceId = "i-1", Address = "192.0.2.1", Error = "" });
        await ChangeAsync("one", server => server with { State = ServerState.Running, Started = _fixture.Time.GetUtcNow() });
        if (afterARestart)
            _fixture.Reopen();

        var changes = await ReadToBookmarkAsync(1);

        Assert.Equal(
            [(2L, ServerState.Creating, "", "", "out of stock"), (3, ServerState.Staging, "i-1", "192.0.2.1", ""), (4, ServerState.Running, "i-1", "192.0.2.1", "")],
            changes.Select(c => (c.Revision, c.Server!.State, c.Server.InstanceId, c.Server.Address, c.Server.Error)));
        Assert.Equal([null, null, _fixture.Time.GetUtcNow()], changes.Select(c => c.Server!.Started));
        Assert.All(changes, c => Assert.Equal("secret of one", c.Server!.Secret));
        Assert.Equal(["2", "3", "4"], changes.Select(c => c.Server!.Etag));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_FromARevision_ServersPurgedSinceWithoutTheirSecrets(bool afterARestart)
    {
        var added = await _fixture.AddAsync("one");
        await ChangeAsync("one", server => server with { State = ServerState.Running });
        await PurgeAsync("one");
        // Another one of the same name: what was the first one's must not become its.
        await _fixture.AddAsync(_fixture.NewServer("one") with { Capacity = 7, Labels = new Dictionary<string, string>() });
        if (afterARestart)
            _fixture.Reopen();

        var changes = await ReadToBookmarkAsync(1);

        Assert.Equal(
            [(ChangeType.Modified, 2L, added.Uid), (ChangeType.Deleted, 3, added.Uid)], changes[..2].Select(c => (c.Type, c.Revision, c.Server!.Uid)));
        Assert.All(changes[..2], c => Assert.Equal(("one", "scripted", "image", 2, added.Created, ""), (
            c.Server!.Name, c.Server.Provider, c.Server.Image, c.Server.Capacity, c.Server.Created, c.Server.Secret)));
        Assert.All(changes[..2], c => Assert.Equal(("team", "a"), (c.Server!.Labels.Single().Key, c.Server.Labels.Single().Value)));
        Assert.All(changes[..2], c => Assert.True(c.Server!.Credentials.TlsKey.IsEmpty));
        Assert.Equal((ChangeType.Added, 4, 7, "secret of one"), (changes[2].Type, changes[2].Revision, changes[2].Server!.Capacity, changes[2].Server!.Secret));
        Assert.Equal(3, changes.Count);
    }

    [Fact]
    public async Task Watch_SeveralEventsInOneChange_OneChangeWithTheLastRevision()
    {
        await _fixture.AddAsync("one");
        await _fixture.Store.ChangeAsync(
            "one", server => new(server with { Address = "192.0.2.1" }, new EventDraft("A", "a", "t"), new EventDraft("B", "b", "t")), Timeout);

        Assert.Equal([(3L, "192.0.2.1")], (await ReadToBookmarkAsync(1)).Select(c => (c.Revision, c.Server!.Address)));
        Assert.Equal([(3L, "192.0.2.1")], (await ReadToBookmarkAsync(2)).Select(c => (c.Revision, c.Server!.Address)));
    }

    [Fact]
    public async Task Watch_MoreMissedThanOneRead_AllOfItInOrder()
    {
        await _fixture.AddAsync("one");
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => ChangeAsync("one")));
        _fixture.Reopen();

        Assert.Equal(Enumerable.Range(2, 1000).Select(i => (long)i), (await ReadToBookmarkAsync(1)).Select(c => c.Revision));
    }

    [Fact]
    public async Task Watch_BrokenAgainAndAgainWhileWritersWrite_EveryChangeOnceAndInOrder()
    {
        const int Writers = 4;
        const int Writes = 250;
        var random = new Random(20261122);
        await _fixture.AddAsync("first");
        await using var whole = Watch(0);
        Assert.Equal((ChangeType.Added, 1, "first"), await NextAsync(whole));
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(whole));
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            await _fixture.AddAsync($"s{writer}");
            for (var i = 1; i < Writes; i++)
                await ChangeAsync($"s{writer}", server => server with { Address = $"{i}" });
        }));

        var seen = new List<(long, string, string)>();
        while (seen.Count < Writers * Writes)
            await TakeAsync(seen.Count == 0 ? 1 : seen[^1].Item1, random.Next(1, 40));
        await writing;

        var expected = new List<(long, string, string)>();
        while (expected.Count < Writers * Writes)
        {
            Assert.True(await whole.MoveNextAsync());
            expected.Add((whole.Current.Revision, whole.Current.Server!.Name, whole.Current.Server.Address));
        }
        Assert.Equal(expected, seen);

        async Task TakeAsync(long since, int most)
        {
            await using var watch = Watch(since);
            for (var taken = 0; taken < most && seen.Count < Writers * Writes; taken++)
            {
                Assert.True(await watch.MoveNextAsync());
                if (watch.Current.Server is { } server)
                    seen.Add((watch.Current.Revision, server.Name, server.Address));
            }
        }
    }

    [Fact]
    public async Task Watch_WithConditions_OnlyWhatFitsAfterTheChange()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync("two");
        var running = new ServerQuery { States = new HashSet<ServerState> { ServerState.Running } };
        await using var watch = Watch(2, running);
        Assert.Equal((ChangeType.Bookmark, 2, null), await NextAsync(watch));

        await ChangeAsync("one", server => server with { State = ServerState.Creating });
        await ChangeAsync("two", server => server with { State = ServerState.Running });

        Assert.Equal((ChangeType.Modified, 4, "two"), await NextAsync(watch));
    }

    [Fact]
    public async Task Watch_NothingHappens_ABookmarkEachInterval()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(1);
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));

        for (var i = 0; i < 3; i++)
        {
            var next = watch.MoveNextAsync().AsTask();
            Assert.False(next.IsCompleted);
            _fixture.Time.Advance(Interval);
            Assert.True(await next);
            Assert.Equal((ChangeType.Bookmark, 1), (watch.Current.Type, watch.Current.Revision));
        }
    }

    [Fact]
    public async Task Watch_OnlyOthersChange_BookmarksAllTheSame()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(1, new ServerQuery { Provider = "another" });
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));

        // Changes come faster than the interval, so it is never silent in the store.
        var next = watch.MoveNextAsync().AsTask();
        for (var i = 0; i < 4; i++)
        {
            await ChangeAsync("one");
            _fixture.Time.Advance(Interval * 0.9);
        }
        await ChangeAsync("one");

        Assert.True(await next);
        Assert.Equal(ChangeType.Bookmark, watch.Current.Type);
        Assert.InRange(watch.Current.Revision, 1, 6);
    }

    [Fact]
    public async Task Watch_PurgeWhileWatching_IsHeardWithoutSecrets()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(1);
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));

        await PurgeAsync("one");

        Assert.Equal((ChangeType.Deleted, 2, "one"), await NextAsync(watch));
        Assert.Equal("", watch.Current.Server!.Secret);
        Assert.True(watch.Current.Server.Credentials.TlsKey.IsEmpty);
    }

    [Fact]
    public async Task Watch_RevisionOfTheFuture_IsRefused()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(2);

        await Assert.ThrowsAsync<RevisionExpiredException>(() => watch.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task Watch_RevisionBeforeWhatWasForgotten_IsRefusedWithTheOldest()
    {
        await _fixture.AddAsync("one");
        await PurgeAsync("one");
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);
        _fixture.Reopen();
        await using var watch = Watch(1);

        var refused = await Assert.ThrowsAsync<RevisionExpiredException>(() => watch.MoveNextAsync().AsTask());

        Assert.Equal(2, refused.Oldest);
        await using var again = Watch(2);
        Assert.Equal((ChangeType.Bookmark, 2, null), await NextAsync(again));
    }

    [Fact]
    public async Task Watch_RevisionWhoseOwnEventsWereForgotten_IsRefused()
    {
        await _fixture.AddAsync("old");
        await _fixture.AddAsync("young");
        await ChangeAsync("old");
        await PurgeAsync("old");
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await ChangeAsync("young");
        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        var refused = await Assert.ThrowsAsync<RevisionExpiredException>(() => ReadToBookmarkAsync(3));

        Assert.Equal(4, refused.Oldest);
        Assert.Equal([5L], (await ReadToBookmarkAsync(4)).Select(c => c.Revision));
    }

    [Fact]
    public async Task Watch_ReaderThatLags_IsToldAndLosesNothingWhenItGoesOn()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(0);
        Assert.Equal((ChangeType.Added, 1, "one"), await NextAsync(watch));
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));

        await Task.WhenAll(Enumerable.Range(0, CommittedView.Backlog).Select(_ => ChangeAsync("one")));
        Assert.Equal((ChangeType.Modified, 2, "one"), await NextAsync(watch));
        // What was read together with that is in hand.
        for (var inHand = 0; inHand < 15; inHand++)
            await NextAsync(watch);
        await Task.WhenAll(Enumerable.Range(0, 17).Select(_ => ChangeAsync("one")));

        await Assert.ThrowsAsync<SlowReaderException>(() => watch.MoveNextAsync().AsTask());
        Assert.Equal(Enumerable.Range(2, CommittedView.Backlog + 17).Select(i => (long)i), (await ReadToBookmarkAsync(1)).Select(c => c.Revision));
    }

    [Fact]
    public async Task Watch_AThousandAtOnce_AllSeeTheSame()
    {
        var watches = Enumerable.Range(0, 1000).Select(_ => Watch(0)).ToList();
        foreach (var watch in watches)
            Assert.Equal((ChangeType.Bookmark, 0, null), await NextAsync(watch));
        var reading = watches.Select(async watch =>
        {
            var seen = new List<(ChangeType, long, string?)>();
            while (seen.Count < 100)
                seen.Add(await NextAsync(watch));
            return seen;
        }).ToList();

        await _fixture.AddAsync("one");
        for (var i = 1; i < 100; i++)
            await ChangeAsync("one");

        (ChangeType, long, string?)[] expected = [(ChangeType.Added, 1, "one"), .. Enumerable.Range(2, 99).Select(i => (ChangeType.Modified, (long)i, "one"))];
        Assert.All(await Task.WhenAll(reading), seen => Assert.Equal(expected, seen));
        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    [Fact]
    public async Task Watch_AThousandComeBackAtOnceAfterARestart_AllSeeTheSame()
    {
        await _fixture.AddAsync("one");
        for (var i = 0; i < 200; i++)
            await ChangeAsync("one");
        _fixture.Reopen();

        var all = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => ReadToBookmarkAsync(1))));

        var expected = Enumerable.Range(2, 200).Select(i => (long)i).ToList();
        Assert.All(all, changes => Assert.Equal(expected, changes.Select(c => c.Revision)));
    }

    [Fact]
    public async Task Watch_OthersChangeJustBeforeTheInterval_TheBookmarkComesInTime()
    {
        await _fixture.AddAsync("one");
        await using var watch = Watch(1, new ServerQuery { Provider = "another" });
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));

        var next = watch.MoveNextAsync().AsTask();
        _fixture.Time.Advance(Interval * 0.9);
        await ChangeAsync("one");
        _fixture.Time.Advance(Interval * 0.1);

        Assert.True(await next);
        Assert.Equal(ChangeType.Bookmark, watch.Current.Type);
    }

    [Fact]
    public async Task Watch_CallerGoesAway_Ends()
    {
        using var caller = new CancellationTokenSource();
        await using var watch = _fixture.Store.WatchAsync(0, ServerQuery.Everything, Interval, caller.Token).GetAsyncEnumerator(caller.Token);
        Assert.Equal((ChangeType.Bookmark, 0, null), await NextAsync(watch));

        var next = watch.MoveNextAsync().AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    public void Dispose() => _fixture.Dispose();

    private static async Task<(ChangeType, long, string?)> NextAsync(IAsyncEnumerator<ServerChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return (watch.Current.Type, watch.Current.Revision, watch.Current.Server?.Name);
    }

    private IAsyncEnumerator<ServerChange> Watch(long since, ServerQuery? query = null) =>
        _fixture.Store.WatchAsync(since, query ?? ServerQuery.Everything, Interval, Timeout).GetAsyncEnumerator();

    private async Task<List<ServerChange>> ReadToBookmarkAsync(long since)
    {
        var changes = new List<ServerChange>();
        await using var watch = Watch(since);
        while (await watch.MoveNextAsync() && watch.Current.Type != ChangeType.Bookmark)
            changes.Add(watch.Current);
        return changes;
    }

    private Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerRecord>? change = null) =>
        _fixture.Store.ChangeAsync(name, s => new(change?.Invoke(s) ?? s, new EventDraft("Changed", "changed", "tester")), Timeout);

    private async Task PurgeAsync(string name)
    {
        var claim = await _fixture.Store.ClaimAsync(_fixture.Lease("purger"), 100, _ => 100, Timeout);
        await _fixture.Store.PurgeAsync(claim.Servers.Single(s => s.Name == name), new("Purged", "p", "t"), "purger", Timeout);
        await _fixture.Store.ReleaseAsync([.. claim.Servers.Select(s => s.Uid)], "purger", Timeout);
    }
}
