using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>A hundred callers at once: request ids, etags, checks without effect, the limit, and the pause.</summary>
public class ConcurrencyTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Callers = 100;
    private const int Limit = 30;

    protected override string[] Options => [$"--Servers:MaxServers={Limit}"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        // Recorded servers are all that these are about.
        await Service.PauseAsync();
    }

    [Fact]
    public async Task Provision_SameRequestIdAtOnce_IsOneServerAndAChangedRequestIsAborted()
    {
        var answers = await AtOnceAsync(i => PostAsync(new { request_id = "r", capacity = i % 10 == 9 ? 4 : 3 }));

        var server = Assert.Single(await Service.ListAsync());
        // Whichever came first, the others either asked for the same or are told that they did not.
        var (same, changed) = server.Capacity == 3 ? (90, 10) : (10, 90);
        Assert.Equal(same, answers.Count(answer => answer.Status == HttpStatusCode.OK && (string)answer.Body["name"]! == server.Name));
        Assert.Equal(changed, answers.Count(answer => answer.Status == HttpStatusCode.Conflict && (int)answer.Body["code"]! == 10));
    }

    [Fact]
    public async Task Provision_SameNameAtOnce_IsOneServer()
    {
        var answers = await AtOnceAsync(_ => PostAsync(new { name = "one" }));

        Assert.Single(await Service.ListAsync());
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((HttpStatusCode.Conflict, 6), (answer.Status, (int)answer.Body["code"]!)));
    }

    [Fact]
    public async Task Provision_MoreThanTheLimitAtOnce_IsExactlyTheLimit()
    {
        var answers = await AtOnceAsync(i => PostAsync(new { name = $"s{i}" }));

        Assert.Equal(Limit, (await Service.ListAsync()).Count);
        Assert.Equal(Limit, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(Callers - Limit, answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Contains($"{Limit}", (string)answer.Body["message"]!));
    }

    [Fact]
    public async Task Provision_ValidateOnlyAtOnce_RecordsNothing()
    {
        var answers = await AtOnceAsync(i => PostAsync(new { name = $"s{i % 50}", request_id = $"r{i}", validate_only = true }));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, ""), (answer.Status, (string)answer.Body["secret"]!)));
        Assert.Empty(await Service.ListAsync());
    }

    [Fact]
    public async Task Terminate_SameEtagAtOnce_IsAskedForOnce()
    {
        var etag = (await Service.ProvisionAsync("one")).Etag;

        var answers = await AtOnceAsync(_ => SendAsync(new(HttpMethod.Delete, $"/api/servers/one?etag={etag}")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((HttpStatusCode.Conflict, 10), (answer.Status, (int)answer.Body["code"]!)));
        await Service.BecomesAsync("one", "stopped");
        Assert.Single(await Service.ReasonsAsync("one"), "TerminateRequested");
    }

    [Fact]
    public async Task Pause_TurnedOnAndOffUnderProvisions_NothingIsMadeWhilePaused()
    {
        var provisions = AtOnceAsync(i => i < Limit / 3 ? PostAsync(new { name = $"s{i}" }) : ToggleAsync(i));
        await provisions;
        await Service.PauseAsync();
        var before = (await Service.ListAsync()).Count(server => server.State == "pending");
        await PostAsync(new { name = "late" });

        // What was begun goes on; what was not, waits.
        await Eventually.SeeAsync(
            Service.ListAsync, servers => servers.All(server => server.State is "pending" or "running"), "every server runs or waits");
        Assert.Equal("pending", (await Service.GetAsync("late")).State);
        Assert.InRange((await Service.ListAsync()).Count(server => server.State == "pending"), 1, before + 1);
        await Service.ResumeAsync();
        await Service.BecomesAsync("late", "running");
    }

    private async Task<Answer> ToggleAsync(int i)
    {
        using var response = await Service.Http.PostAsync(i % 2 == 0 ? "/api/pause" : "/api/resume", content: null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return new(response.StatusCode, new JsonObject());
    }

    private static async Task<IReadOnlyList<Answer>> AtOnceAsync(Func<int, Task<Answer>> call) =>
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => call(i))));

    private Task<Answer> PostAsync(object body) => SendAsync(new(HttpMethod.Post, "/api/servers") { Content = JsonContent.Create(body) });

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Service.Http.SendAsync(request);
            return new(response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }
    }

    private sealed record Answer(HttpStatusCode Status, JsonNode Body);
}
