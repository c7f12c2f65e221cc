using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class AddRulesTests
{
    private static readonly ServerLimits NoLimits = new(int.MaxValue);

    [Fact]
    public void FindEarlier_NothingStandsAgainstIt_IsNull()
    {
        var book = RuleServers.Book(RuleServers.New("one") with { RequestId = "id", Address = "192.0.2.1" });

        Assert.Null(AddRules.FindEarlier(book, RuleServers.New("two") with { RequestId = "other", Address = "192.0.2.2" }, new(2, 2)));
    }

    [Fact]
    public void FindEarlier_SameRequestAgain_IsItsServerWhateverStandsAgainstAnother()
    {
        var one = RuleServers.New("one") with { RequestId = "id", RequestDigest = "d", Address = "192.0.2.1" };
        var book = RuleServers.Book(one, RuleServers.New("two"));
        var again = one with { Uid = "new" };

        Assert.Same(one, AddRules.FindEarlier(book, again, new(1, 1)));
        Assert.Same(one, AddRules.FindEarlier(book, again with { Name = "two" }, NoLimits));
    }

    [Fact]
    public void FindEarlier_SameRequestOfAStoppedServer_IsThatServer()
    {
        var one = RuleServers.New("one") with { RequestId = "id", State = ServerState.Stopped, Stopped = RuleServers.Now };

        Assert.Same(one, AddRules.FindEarlier(RuleServers.Book(one), RuleServers.New("two") with { RequestId = "id" }, NoLimits));
    }

    [Fact]
    public void FindEarlier_RequestIdWithAnotherDigest_IsRefusedWithTheEarlierName()
    {
        var book = RuleServers.Book(RuleServers.New("one") with { RequestId = "id", RequestDigest = "a" });

        var refused = Assert.Throws<RequestIdReusedException>(
            () => AddRules.FindEarlier(book, RuleServers.New("two") with { RequestId = "id", RequestDigest = "b" }, NoLimits));

        Assert.Equal(("id", "one"), (refused.RequestId, refused.Name));
    }

    [Fact]
    public void FindEarlier_RequestIdOfAnotherOwner_IsAnotherRequest()
    {
        var book = RuleServers.Book(RuleServers.New("one") with { RequestId = "id", RequestDigest = "a" });

        var other = RuleServers.New("two", owner: "you") with { RequestId = "id", RequestDigest = "b" };
        Assert.Null(AddRules.FindEarlier(book, other, NoLimits));
    }

    [Fact]
    public void FindEarlier_NoRequestId_IsNoSameRequest() =>
        Assert.Null(AddRules.FindEarlier(RuleServers.Book(RuleServers.New("one")), RuleServers.New("two"), NoLimits));

    [Theory]
    [InlineData(ServerState.Running, false)]
    [InlineData(ServerState.Stopped, true)]
    public void FindEarlier_NameTaken_IsRefusedWithTheStateOfTheOther(ServerState state, bool isStopped)
    {
        var one = RuleServers.New("one", "other", "you") with { State = state, Stopped = isStopped ? RuleServers.Now : null };
        var again = RuleServers.New("one") with { Uid = "new" };

        var refused = Assert.Throws<NameTakenException>(() => AddRules.FindEarlier(RuleServers.Book(one), again, new(0)));

        Assert.Equal("one", refused.Name);
        Assert.Contains(ServerStates.Name(state), refused.Message);
    }

    [Fact]
    public void FindEarlier_NameInOtherCase_IsFree() =>
        Assert.Null(AddRules.FindEarlier(RuleServers.Book(RuleServers.New("web")), RuleServers.New("Web"), NoLimits));

    [Fact]
    public void FindEarlier_SoManyServers_IsRefusedUntilOneStops()
    {
        var one = RuleServers.New("one");
        var book = RuleServers.Book(one, RuleServers.New("two", "other", "you"));

        var refused = Assert.Throws<ServerLimitException>(() => AddRules.FindEarlier(book, RuleServers.New("three"), new(2)));
        Assert.Equal(2, refused.Limit);
        Assert.Contains("Servers:MaxServers", refused.Message);

        book.Set(one, one with { State = ServerState.Stopped, Stopped = RuleServers.Now });
        Assert.Null(AddRules.FindEarlier(book, RuleServers.New("three"), new(2)));
    }

    [Fact]
    public void FindEarlier_SoManyServersOfTheOwner_IsRefusedUntilOneStopsAndOthersAreNot()
    {
        var one = RuleServers.New("one");
        var book = RuleServers.Book(one, RuleServers.New("two"), RuleServers.New("three", owner: "you"));

        var refused = Assert.Throws<ServerLimitException>(() => AddRules.FindEarlier(book, RuleServers.New("four"), new(9, 2)));
        Assert.Equal(2, refused.Limit);
        Assert.Contains("me has 2", refused.Message);
        Assert.Null(AddRules.FindEarlier(book, RuleServers.New("four", owner: "you"), new(9, 2)));

        book.Set(one, one with { State = ServerState.Stopped, Stopped = RuleServers.Now });
        Assert.Null(AddRules.FindEarlier(book, RuleServers.New("four"), new(9, 2)));
    }

    [Fact]
    public void FindEarlier_NoLimitOfAnOwner_OnlyThatOfAllCounts()
    {
        var book = RuleServers.Book(RuleServers.New("one"), RuleServers.New("two"));

        Assert.Null(AddRules.FindEarlier(book, RuleServers.New("three"), new(3)));
    }

    [Fact]
    public void FindEarlier_AddressTaken_IsRefusedWhoseverItIsUntilItStops()
    {
        var one = RuleServers.New("one", "other", "you") with { Address = "192.0.2.1" };
        var book = RuleServers.Book(one);
        var two = RuleServers.New("two") with { Address = "192.0.2.1" };

        Assert.Contains("192.0.2.1", Assert.Throws<AddressTakenException>(() => AddRules.FindEarlier(book, two, NoLimits)).Message);

        book.Set(one, one with { State = ServerState.Stopped, Stopped = RuleServers.Now });
        Assert.Null(AddRules.FindEarlier(book, two, NoLimits));
    }

    [Fact]
    public void FindEarlier_SeveralReasons_TheOneThatTheCallerCanActOnIsTold()
    {
        var taken = RuleServers.New("one") with { Address = "192.0.2.1" };
        var book = RuleServers.Book(taken);

        var other = taken with { Uid = "new", Name = "two" };
        Assert.Throws<NameTakenException>(() => AddRules.FindEarlier(book, other with { Name = "one" }, new(1, 1)));
        Assert.Contains("MaxServers", Assert.Throws<ServerLimitException>(() => AddRules.FindEarlier(book, other, new(1, 1))).Message);
        // Where an address is taken the caller of the store tries another, which must not go on where none would do.
        Assert.Throws<ServerLimitException>(() => AddRules.FindEarlier(book, other, new(2, 1)));
    }
}
