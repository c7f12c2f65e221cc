using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Tests.Rpc.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("2H", 2 * TimeSpan.TicksPerHour)]
    [InlineData("3M", 3 * TimeSpan.TicksPerMinute)]
    [InlineData("4S", 4 * TimeSpan.TicksPerSecond)]
    [InlineData("5m", 5 * TimeSpan.TicksPerMillisecond)]
    [InlineData("6u", 6 * TimeSpan.TicksPerMicrosecond)]
    [InlineData("700n", 7)]
    [InlineData("0n", 0)]
    [InlineData("99999999S", 99999999 * TimeSpan.TicksPerSecond)]
    public void TryParse_DigitsAndUnit_IsTheirTime(string value, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData(0, "0m")]
    [InlineData(15_000, "2m")]
    [InlineData(TimeSpan.TicksPerDay, "86400000m")]
    [InlineData(TimeSpan.TicksPerDay * 365, "525600M")]
    public void Format_Time_IsRoundedUpToEightDigits(long ticks, string value) =>
        Assert.Equal(value, GrpcTimeout.Format(TimeSpan.FromTicks(ticks)));
}
