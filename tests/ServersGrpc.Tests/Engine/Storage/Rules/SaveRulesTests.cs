using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class SaveRulesTests
{
    private static readonly DateTimeOffset Before = RuleServers.Now;
    private static readonly DateTimeOffset Now = Before + TimeSpan.FromMinutes(1);

    private static readonly ServerRecord Server = RuleServers.New("one") with
    {
        Version = 7,
        Revision = 70,
        Updated = Before,
        Entered = Before,
        State = ServerState.Creating,
    };

    [Fact]
    public void IsHeld_SameVersionAndOwner_IsTrue()
    {
        var leased = Server with { LeaseOwner = "worker" };

        Assert.True(SaveRules.IsHeld(leased, leased with { State = ServerState.Created }, "worker"));
    }

    [Fact]
    public void IsHeld_AnythingElse_IsFalse()
    {
        var leased = Server with { LeaseOwner = "worker" };

        Assert.False(SaveRules.IsHeld(null, leased, "worker"));
        Assert.False(SaveRules.IsHeld(leased with { Version = 8 }, leased, "worker"));
        Assert.False(SaveRules.IsHeld(leased, leased with { Version = 8 }, "worker"));
        Assert.False(SaveRules.IsHeld(leased, leased, "other"));
        Assert.False(SaveRules.IsHeld(leased with { LeaseOwner = "other" }, leased, "worker"));
        Assert.False(SaveRules.IsHeld(leased with { LeaseOwner = null }, leased, "worker"));
    }

    [Fact]
    public void Added_Always_IsTheFirstVersionAndEntersItsStateNow() =>
        Assert.Equal(
            Server with { Version = 1, Revision = 71, Updated = Now, Entered = Now }, SaveRules.Added(Server, 71, Now));

    [Fact]
    public void Changed_ThatCallersSee_HasANewRevisionAndTime() =>
        Assert.Equal(
            Server with { Version = 8, Revision = 71, Updated = Now, Error = "e" },
            SaveRules.Changed(Server, Server with { Error = "e" }, 71, Now));

    [Fact]
    public void Changed_ThatCallersDoNotSee_HasANewVersionOnly() =>
        Assert.Equal(
            Server with { Version = 8, Probes = 1 }, SaveRules.Changed(Server, Server with { Probes = 1, Revision = 99 }, null, Now));

    [Fact]
    public void Changed_VersionOfTheChange_DoesNotCount() =>
        Assert.Equal(8, SaveRules.Changed(Server, Server with { Version = 99 }, 71, Now).Version);

    [Fact]
    public void Changed_OtherState_IsEnteredNow() =>
        Assert.Equal(Now, SaveRules.Changed(Server, Server with { State = ServerState.Created }, null, Now).Entered);

    [Fact]
    public void Changed_SameState_WasEnteredBefore() =>
        Assert.Equal(Before, SaveRules.Changed(Server, Server with { Entered = Now }, 71, Now).Entered);

    [Fact]
    public void Changed_Leased_IsDueWhenTheLeaseEnds()
    {
        var until = Now + TimeSpan.FromMinutes(5);
        var leased = Server with { LeaseOwner = "worker", LeaseUntil = until };

        Assert.Equal(until, SaveRules.Changed(Server, leased with { WakeAt = Now }, 71, Now).WakeAt);
        Assert.Equal(until, SaveRules.Changed(Server, leased with { WakeAt = null }, 71, Now).WakeAt);
    }

    [Fact]
    public void Changed_NotLeased_IsDueWhenTheChangeSays()
    {
        Assert.Equal(Now, SaveRules.Changed(Server, Server with { WakeAt = Now }, 71, Now).WakeAt);
        Assert.Null(SaveRules.Changed(Server, Server with { WakeAt = null }, 71, Now).WakeAt);
    }

    [Fact]
    public void Changed_DueAtAnotherTime_WasScheduledByTheChange() =>
        Assert.Equal(Now, SaveRules.Changed(Server, Server with { WakeAt = Now, Scheduled = Now }, 71, Now).Scheduled);

    [Fact]
    public void Changed_DueAtTheSameTime_WasScheduledBefore()
    {
        var leased = Server with { LeaseOwner = "worker", LeaseUntil = Now, WakeAt = Now };

        Assert.Equal(Before, SaveRules.Changed(Server, Server with { Scheduled = Now }, 71, Now).Scheduled);
        // The lease stands, whenever the change would wake it.
        Assert.Equal(Before, SaveRules.Changed(leased, leased with { WakeAt = Before, Scheduled = Now }, 71, Now).Scheduled);
    }

    [Fact]
    public void Changed_CreateIsOpen_RemembersSinceWhen()
    {
        var opened = SaveRules.Changed(Server, Server with { CreateIsOpen = true }, null, Now);
        Assert.Equal(Now, opened.Opened);

        Assert.Equal(Now, SaveRules.Changed(opened, opened with { Opened = null }, null, Now + TimeSpan.FromMinutes(1)).Opened);
        Assert.Null(SaveRules.Changed(opened, opened with { CreateIsOpen = false }, null, Now).Opened);
    }

    [Fact]
    public void Purged_Always_HasNoSecretsAndTheLastRevision()
    {
        var keys = new ServerCredentials("a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray(), "d"u8.ToArray());
        var server = Server with { Secret = "s", Credentials = keys, Next = new("n", keys), UserData = "u" };

        Assert.Equal(Server with { Revision = 71, Updated = Now }, SaveRules.Purged(server, 71, Now));
    }
}
