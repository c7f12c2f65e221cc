using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class PauseRulesTests
{
    private static readonly ServerRecord Waiting =
        RuleServers.New("one") with { State = ServerState.Creating, Deadline = RuleServers.Now, Attempts = 3 };

    [Fact]
    public void Resumed_WhatWaitedToStart_HasAllItsTimeAgainButNotItsAttempts()
    {
        var pending = Waiting with { State = ServerState.Pending };

        Assert.Equal(Waiting with { Deadline = null }, PauseRules.Resumed(Waiting));
        Assert.Equal(pending with { Deadline = null }, PauseRules.Resumed(pending));
    }

    [Fact]
    public void Resumed_WhatDidNotWait_StaysAsItIs()
    {
        Assert.Null(PauseRules.Resumed(Waiting with { Deadline = null }));
        // Its create was under way before the pause, or is worked on in this moment.
        Assert.Null(PauseRules.Resumed(Waiting with { CreateIsOpen = true }));
        Assert.Null(PauseRules.Resumed(Waiting with { LeaseOwner = "worker" }));
    }

    [Theory]
    [InlineData(ServerState.Staging)]
    [InlineData(ServerState.Running)]
    [InlineData(ServerState.Shutdown)]
    [InlineData(ServerState.Stopped)]
    [InlineData(ServerState.Error)]
    public void Resumed_WhatStartsNothing_KeepsItsDeadline(ServerState state) =>
        Assert.Null(PauseRules.Resumed(Waiting with { State = state }));
}
