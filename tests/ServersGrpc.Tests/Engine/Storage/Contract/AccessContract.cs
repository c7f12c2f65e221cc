using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: what it remembers of callers: tokens, owners, and what they read and were refused.</summary>
public abstract class AccessContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal AccessContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task SaveToken_AndReopen_IsRemembered()
    {
        var token = NewToken("ci") with { Scope = Scope.Parse("team=a,ci-*"), Expires = _fixture.Time.GetUtcNow() + TimeSpan.FromDays(1) };

        await _fixture.Store.SaveTokenAsync(token, Timeout);
        await _fixture.Store.SaveTokenAsync(NewToken("admin2") with { Role = Role.Admin, Revoked = _fixture.Time.GetUtcNow() }, Timeout);
        await _fixture.Store.SaveTokenUseAsync(new Dictionary<string, DateTimeOffset> { ["ci"] = _fixture.Time.GetUtcNow() }, Timeout);
        _fixture.Reopen();
        var tokens = await _fixture.Store.ListTokensAsync(Timeout);

        Assert.Equal(["admin2", "ci"], tokens.Select(t => t.Name));
        Assert.Equal((Role.Operator, "ci-*,team=a", token.Expires, _fixture.Time.GetUtcNow()), (tokens[1].Role, tokens[1].Scope.ToString(), tokens[1].Expires, tokens[1].Used));
        Assert.Equal(token.Hash.ToArray(), tokens[1].Hash.ToArray());
        Assert.Equal((Role.Admin, _fixture.Time.GetUtcNow()), (tokens[0].Role, tokens[0].Revoked));
    }

    [Fact]
    public async Task SaveToken_OfTheSameName_TakesItsPlace()
    {
        await _fixture.Store.SaveTokenAsync(NewToken("ci"), Timeout);
        await _fixture.Store.SaveTokenAsync(NewToken("ci") with { Role = Role.Viewer }, Timeout);

        Assert.Equal(Role.Viewer, Assert.Single(await _fixture.Store.ListTokensAsync(Timeout)).Role);
    }

    [Fact]
    public async Task Note_AServer_LeavesItAndItsWatchersAsTheyAre()
    {
        var server = await _fixture.AddAsync("one");
        await using var watch = _fixture.Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout).GetAsyncEnumerator();
        await NextAsync(watch);
        await NextAsync(watch);

        await _fixture.Store.NoteAsync([new(server, new("SecretsRead", "read", "me", "192.0.2.1", "r1"))], Timeout);
        await _fixture.AddAsync("two");

        Assert.Equal("two", (await NextAsync(watch)).Server!.Name);
        Assert.Equal(server, await _fixture.Store.FindAsync("one", Timeout));
        var note = (await _fixture.Store.ListEventsAsync("one", Timeout))[^1];
        Assert.Equal(("SecretsRead", "me", "192.0.2.1", "r1", server.State), (note.Reason, note.Actor, note.Address, note.RequestId, note.State));
        Assert.Equal(server.Revision + 1, note.Revision);
    }

    [Fact]
    public async Task Note_AfterTheLastChange_KeepsNoWatchWaitingForItsPresent()
    {
        var server = await _fixture.AddAsync("one");
        await _fixture.Store.NoteAsync([new(server, new("SecretsRead", "read", "me"))], Timeout);

        foreach (var since in (long[])[0, server.Revision, server.Revision + 1])
        {
            await using var watch = _fixture.Store.WatchAsync(since, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout).GetAsyncEnumerator();
            var change = await NextAsync(watch);
            Assert.Equal(since == 0 ? ChangeType.Added : ChangeType.Bookmark, change.Type);
        }
        await Assert.ThrowsAsync<RevisionExpiredException>(async () =>
        {
            await using var watch = _fixture.Store.WatchAsync(server.Revision + 2, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout).GetAsyncEnumerator();
            await NextAsync(watch);
        });
    }

    [Fact]
    public async Task Note_AServerThatIsPurged_IsKeptWithItsName()
    {
        var server = await _fixture.AddAsync("one");
        var held = (await _fixture.Store.ClaimAsync(_fixture.Lease("w"), 1, _ => 1, Timeout)).Servers.Single();
        await _fixture.Store.PurgeAsync(held, new("Purged", "purged", "lifecycle"), "w", Timeout);

        await _fixture.Store.NoteAsync([new(server, new("SecretsRead", "read", "me"))], Timeout);

        Assert.Equal("SecretsRead", (await _fixture.Store.ListEventsAsync("one", Timeout))[^1].Reason);
        var purged = await _fixture.Store.FindByUidAsync(server.Uid, Timeout);
        Assert.NotNull(purged);
        Assert.Equal("a", purged.Labels["team"]);
        Assert.Null(await _fixture.Store.FindByUidAsync("none", Timeout));
    }

    [Fact]
    public async Task Forget_NotesOfAServerThatLives_GoAndNoWatchMissesThem()
    {
        var server = await _fixture.AddAsync("one");
        await _fixture.Store.NoteAsync([new(server, new("SecretsRead", "read", "me"))], Timeout);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.Store.NoteAsync([new(server, new("AccessRefused", "refused", "me"))], Timeout);

        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        Assert.Equal(["ProvisionRequested", "AccessRefused"], (await _fixture.Store.ListEventsAsync("one", Timeout)).Select(e => e.Reason));
        await using var watch = _fixture.Store.WatchAsync(server.Revision, ServerQuery.Everything, TimeSpan.FromDays(1), Timeout).GetAsyncEnumerator();
        Assert.Equal(ChangeType.Bookmark, (await NextAsync(watch)).Type);
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
    public async Task ForgetBefore_NameIsAnothersByNow_ThatOnesEventsStay()
    {
        await AddAndPurgeAsync("one");
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.AddAsync(_fixture.NewServer("one") with { Uid = "another" });

        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        Assert.Equal("another", Assert.Single(await _fixture.Store.ListEventsAsync("one", Timeout)).Uid);
    }

    [Fact]
    public async Task ForgetBefore_MoreEventsThanAreDeletedAtOnce_AllGo()
    {
        await AddAndPurgeAsync("one", more: 1_200);
        _fixture.Time.Advance(TimeSpan.FromDays(1));

        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        Assert.Empty(await _fixture.Store.ListEventsAsync("one", Timeout));
    }

    [Fact]
    public async Task ForgetBefore_PurgeOfAClockThatRanAhead_DoesNotKeepTheOnesBehindIt()
    {
        var now = _fixture.Time.GetUtcNow();
        _fixture.Time.Advance(TimeSpan.FromDays(3650));
        await AddAndPurgeAsync("ahead");
        _fixture.Time.Advance(now - _fixture.Time.GetUtcNow());
        await AddAndPurgeAsync("one");
        _fixture.Time.Advance(TimeSpan.FromDays(1));

        await _fixture.Store.ForgetBeforeAsync(_fixture.Time.GetUtcNow(), Timeout);

        Assert.Empty(await _fixture.Store.ListEventsAsync("one", Timeout));
        Assert.NotEmpty(await _fixture.Store.ListEventsAsync("ahead", Timeout));
    }

    private async Task AddAndPurgeAsync(string name, int more = 0)
    {
        await _fixture.AddAsync(name);
        var server = (await _fixture.Store.ClaimAsync(_fixture.Lease("a"), 10, _ => 10, Timeout)).Servers.Single(server => server.Name == name);
        var events = Enumerable.Range(0, more).Select(number => new EventDraft($"Event{number}", "e", "t")).ToList();
        server = (await _fixture.Store.SaveAsync(new(server, [.. events]), "a", Timeout))!;
        Assert.True(await _fixture.Store.PurgeAsync(server, new("Purged", "p", "t"), "a", Timeout));
    }

    private TokenRecord NewToken(string name) =>
        new() { Name = name, Role = Role.Operator, Hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)), Created = _fixture.Time.GetUtcNow() };

    private static async Task<ServerChange> NextAsync(IAsyncEnumerator<ServerChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
