using ServersGrpc.Auth.Limits;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Tests.Auth.Limits;

public sealed class CallerLimitsTests
{
    [Fact]
    public void TryTakeRequest_WithoutALimit_AlwaysMay()
    {
        var limits = new CallerLimits(new());

        for (var i = 0; i < 10_000; i++)
            Assert.Null(limits.TryTakeRequest());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(5000)]
    public void TryTakeRequest_PastTheLimit_SaysWhenToComeBack(int perSecond)
    {
        var limits = new CallerLimits(new() { RequestsPerSecond = perSecond });
        var taken = 0;
        var started = TimeProvider.System.GetTimestamp();
        TimeSpan? wait;
        while ((wait = limits.TryTakeRequest()) is null)
            taken++;

        Assert.InRange(wait.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        // A second's worth, and what came in the time that the taking took.
        Assert.InRange(taken, perSecond, perSecond + 1 + (perSecond * TimeProvider.System.GetElapsedTime(started).TotalSeconds));
    }

    [Fact]
    public void TryBeginWatch_PastTheLimit_WaitsForAnotherToEnd()
    {
        var limits = new CallerLimits(new() { MaxWatches = 2 });
        var first = limits.TryBeginWatch();
        using var second = limits.TryBeginWatch();

        Assert.Null(limits.TryBeginWatch());
        first!.Dispose();

        Assert.NotNull(limits.TryBeginWatch());
        Assert.Null(limits.TryBeginWatch());
    }

    [Fact]
    public void Create_TwoAccountsOfACaller_ShareItsLimits()
    {
        var accounts = new AccountFactory(new() { MaxServers = 7 });

        var one = accounts.Create("ci", Role.Viewer, Scope.Everything);
        var two = accounts.Create("ci", Role.Admin, Scope.Everything);

        Assert.Same(one.Limits, two.Limits);
        Assert.NotSame(one.Limits, accounts.Create("other", Role.Viewer, Scope.Everything).Limits);
        Assert.Equal(7, one.Caller.MaxServers);
    }
}
