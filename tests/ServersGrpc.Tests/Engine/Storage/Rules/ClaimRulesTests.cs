using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class ClaimRulesTests
{
    private static readonly DateTimeOffset Now = RuleServers.Now;

    private static readonly Lease Lease = new("worker", Now, Now + TimeSpan.FromMinutes(5));

    [Fact]
    public void Choose_SomeAreDue_TheMostUrgentFirstAndTellsOfTheNext()
    {
        var never = RuleServers.New("never") with { WakeAt = null };
        var book = RuleServers.Book(Waiting("late", 30), Waiting("now", 0), Waiting("overdue", -30), never, Waiting("later", 60));

        var (taken, next) = Choose(book);

        Assert.Equal("overdue now", taken);
        Assert.Equal(Now + TimeSpan.FromSeconds(30), next);
    }

    [Fact]
    public void Choose_SeveralProviders_TellsOfTheEarliestOfAll()
    {
        var never = RuleServers.New("d", "d") with { WakeAt = null };
        var book = RuleServers.Book(Waiting("a", 20, "a"), Waiting("b", 10, "b"), Waiting("c", 30, "c"), never);

        Assert.Equal(("", Now + TimeSpan.FromSeconds(10)), Choose(book));
    }

    [Fact]
    public void Choose_NothingWaits_TakesNothingAndTellsOfNoNext() =>
        Assert.Equal(("", null), Choose(RuleServers.Book(RuleServers.New("never") with { WakeAt = null })));

    [Fact]
    public void Choose_ALeasedServer_IsTheNextWhenItsLeaseEnds()
    {
        var book = RuleServers.Book(RuleServers.New("one"));

        Assert.Equal(("one", Lease.Until), Choose(book));
        Assert.Equal(("", Lease.Until), Choose(book));
        var other = new Lease("other", Lease.Until, Lease.Until + TimeSpan.FromMinutes(5));
        Assert.Equal(("one", other.Until), Choose(book, lease: other));
    }

    [Fact]
    public void Choose_ManyOfOneProvider_LeavesTheOthersTheirShare()
    {
        var book = RuleServers.Book([.. Many("a", 9), .. Many("b", 9), .. Many("c", 1)]);

        Assert.Equal("a0 b0 c0 a1 b1 a2 b2", Choose(book, limit: 8, share: _ => 3).Taken);
    }

    [Fact]
    public void Choose_MoreThanTheLimit_TakesNoMore()
    {
        var book = RuleServers.Book([.. Many("a", 2), .. Many("b", 9)]);

        Assert.Equal("a0 b0 a1", Choose(book, limit: 3).Taken);
        Assert.Equal("", Choose(book, limit: 0).Taken);
    }

    [Fact]
    public void Choose_ProvidersWithMoreThanTheyCanDo_EachPlaceGoesToTheOneWithTheLeastWork()
    {
        var book = RuleServers.Book([.. Many("a", 10), .. Many("b", 10), .. Many("c", 10)]);
        var (working, most) = (new Dictionary<string, int> { ["a"] = 40, ["b"] = 5, ["c"] = 0 }, 48);

        var taken = Choose(book, limit: 9, share: provider => most - working[provider]).Taken;

        Assert.Equal("c0 c1 c2 c3 c4 b0 c5 b1 c6", taken);
    }

    [Fact]
    public void Choose_MoreIsDueThanThereArePlaces_DoesNotAskToBeCalledAtOnce()
    {
        var book = RuleServers.Book([.. Many("a", 2), Waiting("b", 20, "b")]);

        Assert.Equal(("a0", Now + TimeSpan.FromSeconds(20)), Choose(book, limit: 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Choose_ProviderWithoutAShare_IsLeftOutOfTheNextToo(int share)
    {
        var book = RuleServers.Book(Waiting("a", 10, "a"), Waiting("b", 20, "b"), RuleServers.New("c", "a"));

        Assert.Equal(("", Now + TimeSpan.FromSeconds(20)), Choose(book, share: provider => provider == "a" ? share : 9));
    }

    [Theory]
    [InlineData(ServerState.Pending, false, false)]
    [InlineData(ServerState.Pending, true, false)]
    [InlineData(ServerState.Creating, false, false)]
    [InlineData(ServerState.Creating, true, true)]
    [InlineData(ServerState.Created, false, true)]
    [InlineData(ServerState.Running, false, true)]
    [InlineData(ServerState.Stopping, false, true)]
    public void Choose_Paused_LeavesWhatWouldStartAnInstanceAndDoesNotWaitForIt(ServerState state, bool createIsOpen, bool taken)
    {
        var one = RuleServers.New("one") with { State = state, CreateIsOpen = createIsOpen };
        var book = RuleServers.Book(one, Waiting("two", 60) with { State = ServerState.Running });

        var (names, next) = Choose(book, isPaused: true);

        Assert.Equal(taken ? "one" : "", names);
        Assert.Equal(Now + TimeSpan.FromSeconds(60), next);
        Assert.Equal(taken ? "" : "one", Choose(book).Taken);
    }

    [Fact]
    public void Choose_ProbesThatWait_YieldToOtherWorkForFiveMinutes()
    {
        var probe = Waiting("probe", -240) with { State = ServerState.Running };
        var book = RuleServers.Book(probe, Waiting("oldprobe", -360) with { State = ServerState.Running }, Waiting("work", 0));

        Assert.Equal("oldprobe work probe", Choose(book).Taken);
    }

    [Fact]
    public void Choose_DueAtTheSameTime_InTheOrderOfUids()
    {
        var probe = Waiting("c", -300) with { State = ServerState.Running };
        var book = RuleServers.Book(RuleServers.New("d"), probe, RuleServers.New("b"), RuleServers.New("a"));

        Assert.Equal("a b c d", Choose(book).Taken);
    }

    [Fact]
    public void Leased_Always_IsTheWorkersUntilTheLeaseEnds()
    {
        var server = RuleServers.New("one") with { LeaseOwner = "before", LeaseUntil = Now };

        var leased = ClaimRules.Leased(server with { Scheduled = default }, Lease);

        Assert.Equal(server with { LeaseOwner = "worker", LeaseUntil = Lease.Until, Scheduled = Now }, leased);
    }

    [Fact]
    public void Released_Always_IsNobodysAndDue()
    {
        var server = RuleServers.New("one");
        var leased = server with { LeaseOwner = "worker", LeaseUntil = Lease.Until, WakeAt = Lease.Until, Scheduled = default };

        Assert.Equal(server, ClaimRules.Released(leased, Now));
    }

    private static (string Taken, DateTimeOffset? Next) Choose(
        ServerBook book, int limit = 99, Func<string, int>? share = null, bool isPaused = false, Lease? lease = null)
    {
        lease ??= Lease;
        var taken = new List<string>();
        var next = ClaimRules.Choose(book, lease.From, limit, share ?? (_ => 99), isPaused, server =>
        {
            taken.Add(server.Name);
            book.Set(server, SaveRules.Changed(server, ClaimRules.Leased(server, lease), null, lease.From));
        });
        return (string.Join(' ', taken), next);
    }

    private static ServerRecord Waiting(string name, int seconds, string provider = "p") =>
        RuleServers.New(name, provider) with { WakeAt = Now + TimeSpan.FromSeconds(seconds) };

    private static IEnumerable<ServerRecord> Many(string provider, int count) =>
        Enumerable.Range(0, count).Select(i => RuleServers.New($"{provider}{i}", provider));
}
