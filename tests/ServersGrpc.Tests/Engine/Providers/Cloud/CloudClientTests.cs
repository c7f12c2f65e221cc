using System.Net;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.Engine.Providers.Hetzner;

namespace ServersGrpc.Tests.Engine.Providers.Cloud;

public sealed class CloudClientTests
{
    private readonly ScriptedHandler _cloud = new();
    private readonly ImpatientTime _time = new();
    private readonly HetznerOptions _options = new() { Token = CloudSpecs.Token };

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Fri, 02 Jan 2026 03:05:05 GMT", 60)]
    [InlineData("99999999", 3600)]
    public async Task SendAsync_TooSoonWithRetryAfter_TellsItAndStaysAwayUntilThen(string header, int seconds)
    {
        _cloud.Then("GET /v1/x", 429, "{}", ("Retry-After", header)).Then("GET /v1/x", 200, "{}");
        var client = NewClient();

        var fault = await FaultAsync(client);
        var meanwhile = await FaultAsync(client);
        _time.Now += TimeSpan.FromSeconds(seconds);

        Assert.Equal((ProviderFault.Transient, TimeSpan.FromSeconds(seconds)), (fault.Fault, fault.RetryAfter));
        Assert.Equal((ProviderFault.Transient, TimeSpan.FromSeconds(seconds)), (meanwhile.Fault, meanwhile.RetryAfter));
        await client.GetAsync("/x", default);
        Assert.Equal(2, _cloud.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_ClockSetBackWhileTheLimitIsSpent_ComesBackAllTheSame()
    {
        var time = new SettableTime();
        _cloud.Then("GET /v1/x", 429, "{}", ("Retry-After", "60")).Then("GET /v1/x", 200, "{}");
        var client = new CloudClient(new HetznerDialect(), new HetznerOptions { Token = CloudSpecs.Token }, time, _cloud);

        await FaultAsync(client);
        time.Set(-TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(60), (await FaultAsync(client)).RetryAfter);
        time.Pass(TimeSpan.FromSeconds(60));

        await client.GetAsync("/x", default);
        Assert.Equal(2, _cloud.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_LimitIsSpentForAMoment_WaitsInPlaceOfFailing()
    {
        _cloud.Then("GET /v1/x", 429, "{}", ("Retry-After", "0")).Then("GET /v1/x", 200, "{}");
        var client = NewClient();

        Assert.Equal(TimeSpan.FromSeconds(1), (await FaultAsync(client)).RetryAfter);
        await client.GetAsync("/x", default);

        Assert.Equal(2, _cloud.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_TooSoonAtHetzner_ComesBackWhenTheNextCallIsBack()
    {
        // 3,600 calls come back in an hour: one a second.
        _cloud.Then("GET /v1/x", 429, "{}", ("RateLimit-Limit", "1200"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", $"{_time.Now.ToUnixTimeSeconds() + 3600}"));

        Assert.Equal(TimeSpan.FromSeconds(3), (await FaultAsync(NewClient())).RetryAfter);
    }

    [Fact]
    public async Task SendAsync_TooSoonAtDigitalOcean_ComesBackAtTheReset()
    {
        _cloud.Then("GET /v2/x", 429, "{}", ("ratelimit-limit", "5000"), ("ratelimit-remaining", "0"), ("ratelimit-reset", $"{_time.Now.ToUnixTimeSeconds() + 90}"));
        var client = new CloudClient(new DigitalOceanDialect(), new DigitalOceanOptions { Token = CloudSpecs.Token }, _time, _cloud);

        Assert.Equal(TimeSpan.FromSeconds(90), (await FaultAsync(client)).RetryAfter);
    }

    [Fact]
    public async Task SendAsync_LastCallOfTheLimit_IsAnsweredAndTheNextIsNotMade()
    {
        _cloud.Then("GET /v1/x", 200, "{}", ("RateLimit-Limit", "10"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", $"{_time.Now.ToUnixTimeSeconds() + 100}"));
        var client = NewClient();

        await client.GetAsync("/x", default);

        Assert.Equal(TimeSpan.FromSeconds(10), (await FaultAsync(client)).RetryAfter);
    }

    [Fact]
    public async Task SendAsync_UnreadableLimitHeaders_AreNoLimit()
    {
        _cloud.Then("GET /v1/x", 200, "{}", ("RateLimit-Remaining", "many"), ("RateLimit-Reset", "99999999999999999999")).Then("GET /v1/x", 200, "{}");
        var client = NewClient();

        await client.GetAsync("/x", default);
        await client.GetAsync("/x", default);

        _cloud.AssertDone();
    }

    [Fact]
    public async Task SendAsync_ServerErrorWithRetryAfter_TellsItAndOthersMayGoOn()
    {
        _cloud.Then("GET /v1/x", 503, "", ("Retry-After", "20")).Then("GET /v1/x", 200, "{}");
        var client = NewClient();

        Assert.Equal(TimeSpan.FromSeconds(20), (await FaultAsync(client)).RetryAfter);
        await client.GetAsync("/x", default);
    }

    [Fact]
    public async Task SendAsync_NoAnswer_IsTransientAfterTheTimeout()
    {
        var time = new ManualTime();
        _cloud.Then("GET /v1/x", async cancellationToken =>
        {
            time.Advance(_options.CallTimeout);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        });

        var fault = await FaultAsync(new CloudClient(new HetznerDialect(), _options, time, _cloud));

        Assert.Equal((ProviderFault.Transient, "hetznercloud did not answer within 30 s."), (fault.Fault, fault.Message));
    }

    [Fact]
    public async Task SendAsync_CallerLeaves_IsNoFault()
    {
        using var leave = new CancellationTokenSource();
        _cloud.Then("GET /v1/x", async cancellationToken =>
        {
            await leave.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewClient().GetAsync("/x", leave.Token));
    }

    [Fact]
    public async Task SendAsync_ConnectionFails_IsTransient()
    {
        _cloud.Then("GET /v1/x", _ => throw new HttpRequestException($"refused {CloudSpecs.Token}")).Then("GET /v1/x", _ => throw new IOException("cut"));
        var client = NewClient();

        var fault = await FaultAsync(client);

        Assert.Equal((ProviderFault.Transient, "hetznercloud can't be reached: refused ***"), (fault.Fault, fault.Message));
        Assert.Equal(ProviderFault.Transient, (await FaultAsync(client)).Fault);
    }

    [Fact]
    public async Task SendAsync_AnswerWithoutEnd_IsTransient()
    {
        _cloud.Then("GET /v1/x", _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) }));

        Assert.Equal(ProviderFault.Transient, (await FaultAsync(NewClient())).Fault);
    }

    [Fact]
    public async Task SendAsync_TokenFileChanges_UsesTheNewOne()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("token");
        File.WriteAllText(file, "first\n");
        var client = new CloudClient(new HetznerDialect(), new HetznerOptions { TokenFile = file }, _time, _cloud);
        _cloud.Then("GET /v1/x", 200, "{}").Then("GET /v1/x", 200, "{}");

        await client.GetAsync("/x", default);
        Assert.Equal("Bearer first", _cloud.Authorization);
        File.WriteAllText(file, " second ");
        await client.GetAsync("/x", default);
        Assert.Equal("Bearer second", _cloud.Authorization);
        File.WriteAllText(file, "");

        Assert.Equal(ProviderFault.Transient, (await FaultAsync(client)).Fault);
    }

    private CloudClient NewClient() => new(new HetznerDialect(), _options, _time, _cloud);

    private static Task<ProviderException> FaultAsync(CloudClient client) => Assert.ThrowsAsync<ProviderException>(() => client.GetAsync("/x", default));
}
