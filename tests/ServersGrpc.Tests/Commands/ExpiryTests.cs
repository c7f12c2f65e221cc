using ServersGrpc.Commands;

namespace ServersGrpc.Tests.Commands;

public sealed class ExpiryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90d", "2026-04-01T00:00:00Z")]
    [InlineData("1d", "2026-01-02T00:00:00Z")]
    [InlineData("12h", "2026-01-01T12:00:00Z")]
    [InlineData("30m", "2026-01-01T00:30:00Z")]
    [InlineData("2030-01-31T00:00:00Z", "2030-01-31T00:00:00Z")]
    [InlineData("2030-01-31T02:00:00+02:00", "2030-01-31T00:00:00Z")]
    [InlineData("2030-01-31", "2030-01-31T00:00:00Z")]
    public void Parse_ATime_IsUntilThen(string text, string until) =>
        Assert.Equal(DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture), Expiry.Parse(text).From(Now));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("90")]
    [InlineData("90y")]
    [InlineData("99999999d")]
    [InlineData("2000000000h")]
    [InlineData("soon")]
    public void Parse_NoTime_IsRefused(string text) => Assert.Contains("90d", Assert.Throws<FormatException>(() => Expiry.Parse(text)).Message);
}
