using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.LiteDb;
using ServersGrpc.Tests.Telemetry;

namespace ServersGrpc.Tests.Engine.Storage;

public sealed class StoreMetricsTests : IDisposable
{
    private readonly StoreFixture _fixture = new();
    private readonly Scrapes _scrapes;

    public StoreMetricsTests() => _scrapes = new(_fixture.Meters);

    public void Dispose()
    {
        _scrapes.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Write_Commits_CountsTransactionsAndTheirWrites()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync("two");

        Assert.Equal(
            ("2", "2", "2"),
            (_scrapes["servers_store_commit_duration_seconds_count"], _scrapes["servers_store_commit_writes_sum"], _scrapes["servers_store_write_wait_seconds_count"]));
    }

    [Fact]
    public async Task Write_Fails_IsCountedAndShownUntilOneSucceeds()
    {
        _fixture.Disk.Write = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.AddAsync("during"));
        _fixture.Disk.End();
        Assert.Equal(("1", "1"), (_scrapes["servers_store_failing"], _scrapes["servers_store_failures_total"]));

        await _fixture.AddAsync("after");

        Assert.Equal(("0", "1"), (_scrapes["servers_store_failing"], _scrapes["servers_store_failures_total"]));
    }

    [Fact]
    public async Task Servers_AreCountedByProviderAndState()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync("two");
        await _fixture.AddAsync(_fixture.NewServer("three") with { State = ServerState.Error });
        await _fixture.AddAsync(_fixture.NewServer("four") with { Provider = "other" });

        Assert.Equal(
            ("2", "1", "0", "1"),
            (Count("scripted", "pending"), Count("scripted", "error"), Count("scripted", "running"), Count("other", "pending")));
    }

    [Fact]
    public async Task Servers_InAPassingState_ShowTheAgeOfTheOldest()
    {
        await _fixture.AddAsync("one");
        _fixture.Time.Advance(TimeSpan.FromSeconds(40));
        await _fixture.AddAsync("two");
        await _fixture.AddAsync(_fixture.NewServer("three") with { State = ServerState.Running });
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(("42", "0", null), (Age("pending"), Age("stopping"), Age("running")));
    }

    [Fact]
    public async Task Servers_OfWhichMuchIsTold_GrowOldInTheirStateAllTheSame()
    {
        await _fixture.AddAsync("one");
        await ChangeAsync("one", s => s with { State = ServerState.Stopping });
        _fixture.Time.Advance(TimeSpan.FromSeconds(30));
        await ChangeAsync("one", s => s with { Error = "HTTP 503" });
        _fixture.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(("0", "42"), (Age("pending"), Age("stopping")));
    }

    [Fact]
    public async Task Servers_AfterARestart_AreAsOldAsBefore()
    {
        await _fixture.AddAsync("one");
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await ChangeAsync("one", s => s with { State = ServerState.Creating, CreateIsOpen = true });
        var before = await _fixture.Store.FindAsync("one", StoreFixture.Timeout);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        _fixture.Reopen();

        var after = await _fixture.Store.FindAsync("one", StoreFixture.Timeout);
        Assert.NotNull(before!.Opened);
        Assert.Equal((before.Entered, before.Opened), (after!.Entered, after.Opened));
    }

    [Fact]
    public async Task OpenCreates_AreCountedWithTheAgeOfTheOldest()
    {
        await _fixture.AddAsync("one");
        await _fixture.AddAsync("two");
        await _fixture.AddAsync("three");
        await ChangeAsync("one", s => s with { State = ServerState.Creating, CreateIsOpen = true });
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await ChangeAsync("two", s => s with { State = ServerState.Creating, CreateIsOpen = true });
        // What is told of it meanwhile makes it no younger.
        await ChangeAsync("one", s => s with { State = ServerState.Shutdown });
        _fixture.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(
            ("2", "30"),
            (_scrapes["""servers_open_creates{provider="scripted"}"""], _scrapes["""servers_open_create_age_seconds{provider="scripted"}"""]));
    }

    [Fact]
    public async Task Watch_IsCountedWhileItIsOpen()
    {
        await using (var watch = _fixture.Store.WatchAsync(0, ServerQuery.Everything, TimeSpan.FromDays(1), StoreFixture.Timeout).GetAsyncEnumerator())
        {
            await watch.MoveNextAsync();
            Assert.Equal("1", _scrapes["servers_watches"]);
        }

        Assert.Equal("0", _scrapes["servers_watches"]);
    }

    private string? Count(string provider, string state) => _scrapes[$$"""servers_by_state{provider="{{provider}}",state="{{state}}"}"""];

    private Task<ServerRecord> ChangeAsync(string name, Func<ServerRecord, ServerRecord> change) =>
        _fixture.Store.ChangeAsync(name, s => new(change(s), new EventDraft("Changed", "", "tester")), StoreFixture.Timeout);

    private string? Age(string state) => _scrapes[$$"""servers_state_age_seconds{provider="scripted",state="{{state}}"}"""];
}
