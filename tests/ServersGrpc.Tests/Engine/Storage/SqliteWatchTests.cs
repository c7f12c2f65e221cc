using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Sqlite;

namespace ServersGrpc.Tests.Engine.Storage;

public sealed class SqliteWatchTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Timeout => StoreFixture.Timeout;

    [Fact]
    public async Task Watch_FromZero_EveryServerThenABookmarkThenWhatHappens()
    {
        await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(0, Timeout).GetAsyncEnumerator(Timeout);

        Assert.Equal((ChangeType.Added, 1, "one"), await NextAsync(watch));
        Assert.Equal((ChangeType.Bookmark, 1, null), await NextAsync(watch));
        await _fixture.AddAsync("two");
        Assert.Equal((ChangeType.Added, 2, "two"), await NextAsync(watch));
        await ChangeAsync("one");
        Assert.Equal((ChangeType.Modified, 3, "one"), await NextAsync(watch));
    }

    [Fact]
    public async Task Watch_FromARevision_WhatWasMissedOnceEachPurgedOnesToo()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync("two");
        await _fixture.AddAsync("three");
        await ChangeAsync("one");
        await PurgeAsync("two");
        await _fixture.AddAsync("four");
        _fixture.Reopen();
        await using var watch = _fixture.Store.WatchAsync(3, Timeout).GetAsyncEnumerator(Timeout);

        Assert.Equal((ChangeType.Modified, 4, "one"), await NextAsync(watch));
        Assert.Equal((ChangeType.Deleted, 5, "two"), await NextAsync(watch));
        Assert.Equal("", watch.Current.Server!.Secret);
        Assert.Equal((ChangeType.Added, 6, "four"), await NextAsync(watch));
        Assert.Equal((ChangeType.Bookmark, 6, null), await NextAsync(watch));
    }

    [Fact]
    public async Task Watch_PurgeWhileWatching_IsHeardWithoutSecrets()
    {
        await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(1, Timeout).GetAsyncEnumerator(Timeout);
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
        await using var watch = _fixture.Store.WatchAsync(2, Timeout).GetAsyncEnumerator(Timeout);

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
        await using var watch = _fixture.Store.WatchAsync(1, Timeout).GetAsyncEnumerator(Timeout);

        var refused = await Assert.ThrowsAsync<RevisionExpiredException>(() => watch.MoveNextAsync().AsTask());

        Assert.Equal(2, refused.Oldest);
        await using var again = _fixture.Store.WatchAsync(2, Timeout).GetAsyncEnumerator(Timeout);
        Assert.Equal((ChangeType.Bookmark, 2, null), await NextAsync(again));
    }

    [Fact]
    public async Task Watch_ReaderThatLags_IsCutOffAndWritersGoOn()
    {
        await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(0, Timeout).GetAsyncEnumerator(Timeout);
        Assert.Equal((ChangeType.Added, 1, "one"), await NextAsync(watch));

        await Task.WhenAll(Enumerable.Range(0, CommittedView.Backlog + 1).Select(_ => ChangeAsync("one")));

        await Assert.ThrowsAsync<SlowReaderException>(async () =>
        {
            while (await watch.MoveNextAsync())
            {
            }
        });
    }

    public void Dispose() => _fixture.Dispose();

    private static async Task<(ChangeType, long, string?)> NextAsync(IAsyncEnumerator<ServerChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return (watch.Current.Type, watch.Current.Revision, watch.Current.Server?.Name);
    }

    private Task<ServerRecord> ChangeAsync(string name) =>
        _fixture.Store.ChangeAsync(name, s => new(s, new EventDraft("Changed", "changed", "tester")), Timeout);

    private async Task PurgeAsync(string name)
    {
        var claim = await _fixture.Store.ClaimAsync(_fixture.Lease("purger"), 100, true, Timeout);
        await _fixture.Store.PurgeAsync(claim.Servers.Single(s => s.Name == name), new("Purged", "p", "t"), "purger", Timeout);
        await _fixture.Store.ReleaseAsync([.. claim.Servers.Select(s => s.Uid)], "purger", Timeout);
    }
}
