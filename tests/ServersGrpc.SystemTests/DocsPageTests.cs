using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>The page that describes the API, in a real browser.</summary>
public class DocsPageTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData("")]
    [InlineData("/fleet")]
    public async Task Page_InABrowserBehindAPrefix_ShowsTheApiAndTriesItOut(string prefix)
    {
        await Service.PauseAsync();
        await using var proxy = await PrefixProxy.StartAsync(prefix, Service.Address);

        var result = await ExternalCommand.RunAsync(
            "node", [Path.Combine(Repository.Clients, "docs.mjs"), proxy.Address],
            new Dictionary<string, string> { ["TOKEN"] = Service.Token });

        Assert.True(result.ExitCode == 0, result.Error);
        var seen = JsonNode.Parse(result.Output)!;
        Assert.Equal("Servers API", (string?)seen["title"]);
        string[] expected =
        [
            "/api/pause", "/api/resume", "/api/servers", "/api/servers", "/api/servers/{name}", "/api/servers/{name}",
            "/api/servers/{name}/events", "/api/servers/{name}:rotate-credentials", "/api/servers:watch", "/healthz", "/metrics", "/varz", "/version",
        ];
        Assert.Equal(expected, Strings("operations").Order(StringComparer.Ordinal));
        Assert.Equal(401, Status("stranger"));
        Assert.All(["provision", "list", "get", "terminate"], answer => Assert.Equal(200, Status(answer)));
        Assert.Contains("\"reason\": \"TOKEN_MISSING\"", Body("stranger"), StringComparison.Ordinal);
        Assert.Equal(200, Status("suggested"));
        Assert.Contains("\"name\": \"builder\"", Body("suggested"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"tried-out\"", Body("provision"), StringComparison.Ordinal);
        Assert.StartsWith("[", Body("list"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"tried-out\"", Body("list"), StringComparison.Ordinal);
        Assert.Contains("\"state\": \"pending\"", Body("get"), StringComparison.Ordinal);
        Assert.Equal($"{proxy.Address}/api/servers/tried-out?force=true", (string?)seen["answers"]!["terminate"]!["url"]);
        Assert.Equal("stopped", (await Service.BecomesAsync("tried-out", "stopped")).State);

        // The browser itself says on the console that an answer was 401, which is what the stranger is to get.
        Assert.Equal(["error: Failed to load resource: the server responded with a status of 401 (Unauthorized)"], Strings("console"));
        Assert.All(Strings("addresses"), address =>
        {
            string[] own = [proxy.Address + "/", "data:"];
            Assert.True(own.Any(start => address.StartsWith(start, StringComparison.Ordinal)), address);
            Assert.DoesNotContain(Service.Token, address, StringComparison.Ordinal);
        });

        int Status(string answer) => (int)seen["answers"]![answer]!["status"]!;
        string Body(string answer) => (string)seen["answers"]![answer]!["body"]!;
        string[] Strings(string list) => [.. seen[list]!.AsArray().Select(item => (string)item!)];
    }

    [Theory]
    [InlineData("/docs", "/docs/index.html")]
    [InlineData("/docs/", "/docs/index.html")]
    public async Task Page_ByItsShortAddresses_IsLedTo(string path, string page)
    {
        var answer = await Curl.SendAsync("--location", "--write-out", "%{url_effective}", Service.Address + path);

        Assert.Equal(200, answer.Status);
        Assert.EndsWith(Service.Address + page, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_EveryAnswer_IsProtected()
    {
        foreach (var path in (string[])["/docs/index.html", "/docs/index.js", "/docs/swagger-ui-bundle.js", "/docs/none"])
        {
            var answer = await Curl.SendAsync(Service.Address + path);

            Assert.Equal(path == "/docs/none" ? 404 : 200, answer.Status);
            var policy = answer.Header("Content-Security-Policy")!;
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        }
    }

    [Fact]
    public async Task Page_OtherMethods_AreToldSo()
    {
        foreach (var path in (string[])["/openapi.json", "/docs/index.html"])
        {
            var answer = await Curl.SendAsync(Service, "DELETE", path);

            Assert.Equal(405, answer.Status);
            Assert.Contains("GET", answer.Header("Allow"), StringComparison.Ordinal);
        }
    }
}
