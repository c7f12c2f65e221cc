using System.Net;
using ServersGrpc.Auth;
using ServersGrpc.Auth.RateLimits;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Auth.RateLimits;

public sealed class FailureLimiterTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly ManualTime _time = new();
    private readonly AuthOptions _options = new() { FreeFailures = 3, FailureDelay = TimeSpan.FromSeconds(1), MaxFailureDelay = TimeSpan.FromSeconds(3) };
    private readonly FailureLimiter _limiter;

    public FailureLimiterTests() => _limiter = new(_options, _time);

    [Fact]
    public async Task Delay_FailureAfterFailure_GrowsToItsMost()
    {
        for (var free = 0; free < 3; free++)
            Assert.Equal(TimeSpan.Zero, await _limiter.DelayAsync(Here, default));

        foreach (var expected in (double[])[1, 2, 3, 3])
        {
            var held = _limiter.DelayAsync(Here, default);
            _time.Advance(TimeSpan.FromSeconds(expected - 0.001));
            Assert.False(held.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(TimeSpan.Zero, await held);
        }
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public async Task Delay_AnotherAddress_CountsItByItsNetwork(string one, string other, bool isSame)
    {
        for (var free = 0; free < 3; free++)
            await _limiter.DelayAsync(IPAddress.Parse(one), default);

        Assert.Equal(!isSame, _limiter.DelayAsync(IPAddress.Parse(other), default).IsCompleted);
    }

    [Fact]
    public async Task Delay_AfterTenQuietMinutes_BeginsAnew()
    {
        for (var free = 0; free < 3; free++)
            await _limiter.DelayAsync(Here, default);
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.True(_limiter.DelayAsync(Here, default).IsCompleted);
    }

    [Fact]
    public async Task Delay_TooManyHeldBack_IsRefusedAtOnceUntilThereIsRoom()
    {
        for (var free = 0; free < 3; free++)
            await _limiter.DelayAsync(Here, default);
        var held = Enumerable.Range(0, 32).Select(_ => _limiter.DelayAsync(Here, default)).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(3), await _limiter.DelayAsync(Here, default));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.All(await Task.WhenAll(held), wait => Assert.Equal(TimeSpan.Zero, wait));
        Assert.False(_limiter.DelayAsync(Here, default).IsCompleted);
    }

    [Fact]
    public async Task Delay_TheCallerGoes_GivesItsPlaceBack()
    {
        for (var free = 0; free < 3; free++)
            await _limiter.DelayAsync(Here, default);
        using var gone = new CancellationTokenSource();
        var held = Enumerable.Range(0, 32).Select(_ => _limiter.DelayAsync(Here, gone.Token)).ToArray();

        await gone.CancelAsync();

        foreach (var wait in held)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.False(_limiter.DelayAsync(Here, default).IsCompleted);
    }

    [Fact]
    public async Task Delay_OfNone_HoldsNothingBack()
    {
        _options.FailureDelay = TimeSpan.Zero;

        for (var failure = 0; failure < 1000; failure++)
            Assert.Equal(TimeSpan.Zero, await _limiter.DelayAsync(Here, default));
    }

    [Fact]
    public async Task Delay_AddressesWithoutEnd_RemembersSomeOfThem()
    {
        for (var i = 0; i < 30_000; i++)
            await _limiter.DelayAsync(new IPAddress(i), default);

        Assert.True(_limiter.DelayAsync(Here, default).IsCompleted);
    }
}
