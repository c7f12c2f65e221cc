using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class ServerBookTests
{
    private static readonly DateTimeOffset Now = RuleServers.Now;

    private readonly ServerBook _book = new();

    [Fact]
    public void Set_NewServer_IsFoundByEverything()
    {
        var one = RuleServers.New("one") with { RequestId = "id", Address = "192.0.2.1" };

        _book.Set(null, one);

        Assert.Same(one, _book.Find("one"));
        Assert.Same(one, _book.FindByUid(one.Uid));
        Assert.Same(one, _book.FindByRequest("id", "me"));
        Assert.Null(_book.FindByRequest("id", "you"));
        Assert.Equal([one], _book.All);
        Assert.Equal((1, 1, 0), (_book.Live, _book.LiveOf("me"), _book.LiveOf("you")));
        Assert.True(_book.IsAddressTaken("192.0.2.1"));
        Assert.Equal(["p"], _book.Providers);
        Assert.Equal(["one"], Due("p"));
    }

    [Fact]
    public void Set_NoRequestIdOrAddress_AreNoneToFindItBy()
    {
        _book.Set(null, RuleServers.New("one"));
        _book.Set(null, RuleServers.New("two"));

        Assert.Null(_book.FindByRequest("", "me"));
        Assert.False(_book.IsAddressTaken(""));
    }

    [Fact]
    public void Set_ChangedServer_TakesThePlaceOfTheOneBefore()
    {
        var one = RuleServers.New("one") with { Address = "192.0.2.1" };
        var moved = one with { State = ServerState.Running, Address = "192.0.2.2", WakeAt = Now + TimeSpan.FromSeconds(1) };
        _book.Set(null, one);

        _book.Set(one, moved);

        Assert.Equal([moved], _book.All);
        Assert.Equal((false, true), (_book.IsAddressTaken("192.0.2.1"), _book.IsAddressTaken("192.0.2.2")));
        Assert.Empty(Due("p"));
    }

    [Fact]
    public void Set_StoppedServer_CountsNoMoreButIsStillThere()
    {
        var one = RuleServers.New("one") with { RequestId = "id", Address = "192.0.2.1" };
        _book.Set(null, one);

        _book.Set(one, one with { State = ServerState.Stopped, Stopped = Now });

        Assert.Equal((0, 0, false), (_book.Live, _book.LiveOf("me"), _book.IsAddressTaken("192.0.2.1")));
        Assert.NotNull(_book.Find("one"));
        Assert.NotNull(_book.FindByRequest("id", "me"));
    }

    [Fact]
    public void Set_ServerThatGoes_LeavesNothingButItsProvider()
    {
        var one = RuleServers.New("one") with { RequestId = "id", Address = "192.0.2.1" };
        _book.Set(null, one);

        _book.Set(one, null);

        Assert.Empty(_book.All);
        Assert.Null(_book.Find("one"));
        Assert.Null(_book.FindByUid(one.Uid));
        Assert.Null(_book.FindByRequest("id", "me"));
        Assert.Equal((0, 0, false), (_book.Live, _book.LiveOf("me"), _book.IsAddressTaken("192.0.2.1")));
        Assert.Empty(Due("p"));
        Assert.Equal(["p"], _book.Providers);
    }

    [Fact]
    public void Set_AddressOfTwo_IsTakenUntilBothAreGone()
    {
        var one = RuleServers.New("one") with { Address = "192.0.2.1" };
        var two = RuleServers.New("two") with { Address = "192.0.2.1" };
        _book.Set(null, one);
        _book.Set(null, two);

        _book.Set(one, null);
        Assert.True(_book.IsAddressTaken("192.0.2.1"));

        _book.Set(two, two with { Stopped = Now });
        Assert.False(_book.IsAddressTaken("192.0.2.1"));
    }

    [Fact]
    public void Set_ScheduledLater_MovesTheLatestSchedule()
    {
        var one = RuleServers.New("one");
        _book.Set(null, one);
        _book.Set(one, one with { Scheduled = Now - TimeSpan.FromHours(1) });
        Assert.Equal(Now, _book.LatestSchedule);
    }

    [Fact]
    public void Reschedule_ThenUndo_TheLatestScheduleIsAsItWas()
    {
        _book.Set(null, RuleServers.New("one"));
        var mark = _book.Mark;

        _book.Reschedule(Now - TimeSpan.FromMinutes(30));
        Assert.Equal(Now - TimeSpan.FromMinutes(30), _book.LatestSchedule);

        _book.Undo(mark);
        Assert.Equal(Now, _book.LatestSchedule);
    }

    [Fact]
    public void Set_WhatAnotherServerHas_IsRefusedAndTheOtherStays()
    {
        var one = RuleServers.New("one") with { RequestId = "id" };
        var two = RuleServers.New("two");
        _book.Set(null, one);
        _book.Set(null, two);
        var mark = _book.Mark;

        Assert.Throws<InvalidOperationException>(() => _book.Set(null, RuleServers.New("three") with { Uid = one.Uid }));
        Assert.Throws<InvalidOperationException>(() => _book.Set(null, RuleServers.New("three") with { Name = "one" }));
        Assert.Throws<InvalidOperationException>(() => _book.Set(null, RuleServers.New("three") with { RequestId = "id" }));
        Assert.Throws<InvalidOperationException>(() => _book.Set(two, two with { Name = "one" }));
        _book.Undo(mark);

        Assert.Equal([one, two], _book.All.OrderBy(server => server.Uid));
        Assert.Same(one, _book.Find("one"));
        Assert.Same(one, _book.FindByRequest("id", "me"));
        Assert.Equal(["one", "two"], Due("p"));
        Assert.Equal((2, 2), (_book.Live, _book.LiveOf("me")));
    }

    [Fact]
    public void Set_ACopyOfTheOneBeforeThatWasChanged_TakesThePlaceOfTheOneThatIsHere()
    {
        var one = RuleServers.New("one") with { Address = "192.0.2.1" };
        var mark = _book.Mark;
        _book.Set(null, one);

        _book.Set(one with { WakeAt = null, State = ServerState.Running, Address = "", Stopped = Now }, null);

        Assert.Empty(Due("p"));
        Assert.Equal((0, false), (_book.Live, _book.IsAddressTaken("192.0.2.1")));
        _book.Undo(mark + 1);
        Assert.Equal([one], _book.All);
    }

    [Fact]
    public void Undo_ToAMark_TakesBackWhatCameAfterIt()
    {
        var one = RuleServers.New("one") with { RequestId = "id", Address = "192.0.2.1" };
        _book.Set(null, one);
        var mark = _book.Mark;

        var changed = one with { Stopped = Now, WakeAt = null, Scheduled = Now + TimeSpan.FromHours(1) };
        _book.Set(one, changed);
        _book.Set(changed, null);
        _book.Set(null, RuleServers.New("one", "other", "you"));
        _book.Reschedule(Now - TimeSpan.FromHours(1));
        _book.Undo(mark);

        Assert.Equal([one], _book.All);
        Assert.Same(one, _book.FindByRequest("id", "me"));
        Assert.Equal((1, 1, 0, true), (_book.Live, _book.LiveOf("me"), _book.LiveOf("you"), _book.IsAddressTaken("192.0.2.1")));
        Assert.Equal(Now, _book.LatestSchedule);
        Assert.Equal(["one"], Due("p"));
        Assert.Empty(Due("other"));
        Assert.Equal(mark, _book.Mark);
    }

    [Fact]
    public void Keep_ThenUndo_TakesNothingBack()
    {
        _book.Set(null, RuleServers.New("one"));

        _book.Keep();
        _book.Undo(0);

        Assert.NotNull(_book.Find("one"));
    }

    [Fact]
    public void TryGetDue_ProviderThatHadNoServer_IsFalse() => Assert.False(_book.TryGetDue("p", out _));

    private IEnumerable<string> Due(string provider)
    {
        Assert.True(_book.TryGetDue(provider, out var due));
        return due.Take(Now, 9, isPaused: false).Select(server => server.Name);
    }
}
