using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers;

public sealed class ProviderExceptionTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(7, 7)]
    [InlineData(2_000_000_000, 3600)]
    public void RetryAfter_LongerThanAnHour_IsAnHour(int? said, int? seconds) =>
        Assert.Equal(Seconds(seconds), new ProviderException(ProviderFault.Transient, "busy", Seconds(said)).AsPassing().RetryAfter);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } some ? TimeSpan.FromSeconds(some) : null;
}
