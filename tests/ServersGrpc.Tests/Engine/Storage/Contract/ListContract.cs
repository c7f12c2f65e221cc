using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: lists and counts.</summary>
public abstract class ListContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal ListContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task List_Always_OldestFirstThenByName()
    {
        foreach (var name in (string[])["b", "a1", "a-b", "aa", "a"])
            await _fixture.AddAsync(name);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _fixture.AddAsync("0");

        Assert.Equal(["a", "a-b", "a1", "aa", "b", "0"], (await ListAsync()).Select(s => s.Name));
    }

    [Fact]
    public async Task List_InPages_EveryServerOnce()
    {
        foreach (var name in (string[])["b", "a1", "a-b", "aa", "a"])
            await _fixture.AddAsync(name);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var name in (string[])["0", "z"])
            await _fixture.AddAsync(name);

        var (listed, after) = (new List<string>(), (PageStart?)null);
        while (listed.Count < 20 && await ListAsync(after: after, limit: 3) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 3);
            listed.AddRange(page.Select(server => server.Name));
            after = new(page[^1].Created, page[^1].Name);
        }

        Assert.Equal(["a", "a-b", "a1", "aa", "b", "0", "z"], listed);
    }

    [Fact]
    public async Task List_WithConditions_OnlyWhatFits()
    {
        await _fixture.AddAsync("pending");
        await _fixture.AddAsync(_fixture.NewServer("running") with { State = ServerState.Running });
        await _fixture.AddAsync(_fixture.NewServer("other") with { Provider = "other" });
        var running = new ServerQuery { States = new HashSet<ServerState> { ServerState.Running } };

        Assert.Equal(["other"], (await ListAsync(new() { Provider = "other" })).Select(server => server.Name));
        Assert.Equal(["running"], (await ListAsync(running)).Select(server => server.Name));
    }

    [Fact]
    public async Task Count_Always_IsHowManyThereAreByProvider()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync(_fixture.NewServer("two") with { State = ServerState.Running });
        await _fixture.AddAsync(
            _fixture.NewServer("three") with { Provider = "other", State = ServerState.Creating, CreateIsOpen = true });

        var providers = (await _fixture.Store.CountAsync(default, Timeout)).ByProvider;

        Assert.Equal(["other", "scripted"], providers.Keys.Order());
        var (scripted, other) = (providers["scripted"], providers["other"]);
        Assert.Equal((1, 1, 0), (scripted.Count(ServerState.Pending), scripted.Running, scripted.OpenCreates));
        Assert.Equal((1, 0, 1), (other.Count(ServerState.Creating), other.Running, other.OpenCreates));
    }

    private async Task<IReadOnlyList<ServerRecord>> ListAsync(
        ServerQuery? query = null, PageStart? after = null, int limit = int.MaxValue) =>
        await _fixture.Store.ListAsync(query ?? ServerQuery.Everything, after, limit, Timeout);
}
