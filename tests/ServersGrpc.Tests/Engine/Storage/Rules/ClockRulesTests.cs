using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

public sealed class ClockRulesTests
{
    private static readonly DateTimeOffset Now = RuleServers.Now;
    private static readonly DateTimeOffset LongestLease = Now + TimeSpan.FromMinutes(5);

    [Fact]
    public void IsSetBack_ByMoreThanTheTolerance_IsTrue()
    {
        Assert.True(ClockRules.IsSetBack(Now + Lease.ClockTolerance + TimeSpan.FromMilliseconds(1), Now));
        Assert.False(ClockRules.IsSetBack(Now + Lease.ClockTolerance, Now));
        Assert.False(ClockRules.IsSetBack(Now, Now));
        Assert.False(ClockRules.IsSetBack(default, Now));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(3600)]
    public void Woken_WithoutALease_IsDueNow(int wakesIn)
    {
        var server = RuleServers.New("one") with { WakeAt = Now + TimeSpan.FromSeconds(wakesIn), Scheduled = Now + TimeSpan.FromHours(1) };

        Assert.Equal(server with { WakeAt = Now, Scheduled = Now }, ClockRules.Woken(server, Now, LongestLease));
    }

    [Fact]
    public void Woken_NeverToWake_StaysAsItIs() =>
        Assert.Null(ClockRules.Woken(RuleServers.New("one") with { WakeAt = null }, Now, LongestLease));

    [Fact]
    public void Woken_LeaseThatIsTooLong_EndsAsOneGivenNow()
    {
        var server = Leased(LongestLease + TimeSpan.FromMilliseconds(1)) with { Scheduled = Now + TimeSpan.FromHours(1) };

        Assert.Equal(server with { LeaseUntil = LongestLease, Scheduled = Now }, ClockRules.Woken(server, Now, LongestLease));
    }

    [Fact]
    public void Woken_LeaseThatIsNotTooLong_StaysAsItIs() => Assert.Null(ClockRules.Woken(Leased(LongestLease), Now, LongestLease));

    private static ServerRecord Leased(DateTimeOffset until) =>
        RuleServers.New("one") with { LeaseOwner = "worker", LeaseUntil = until, WakeAt = until };
}
