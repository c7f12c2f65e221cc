using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Security;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>The description of the REST API is valid by independent tools, and true.</summary>
public class OpenApiTests(ITestOutputHelper output) : ServiceTest(output)
{
    // An issuer of tokens that never answers.
    private const string NoIssuer = "http://127.0.0.1:1";
    private const string TokenOfNoIssuer = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";

    private static readonly Dictionary<string, string> Offline = new()
    {
        ["REDOCLY_TELEMETRY"] = "off",
        ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
    };

    protected override string[] Options =>
        ["--Servers:MaxServers=3", $"--Servers:Auth:Oidc:Issuer={NoIssuer}", "--Servers:Auth:Oidc:Audience=servers"];

    [Fact]
    public async Task Document_IndependentLinter_FindsNoError()
    {
        var file = Path.Combine(Service.DataDirectory, "openapi.json");
        await File.WriteAllTextAsync(file, await DocumentClient.DocumentAsync(Service));

        var lint = await ExternalCommand.RunAsync(
            Path.Combine(Repository.Clients, "node_modules", ".bin", "redocly"),
            ["lint", "--extends=recommended", "--format=json", file], Offline);

        Assert.True(lint.ExitCode == 0, lint.Output + lint.Error);
        Assert.Equal(0, (int)JsonNode.Parse(lint.Output)!["totals"]!["errors"]!);
    }

    [Fact]
    public async Task Document_Served_IsTheFileOfTheRepository()
    {
        var file = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "ServersGrpc", "OpenApi", "openapi.json"));

        Assert.Equal(file, await DocumentClient.DocumentAsync(Service));
    }

    [Fact]
    public async Task Document_AskedForAgain_IsNotSentAgain()
    {
        var tag = (await Curl.SendAsync(Service.Address + "/openapi.json")).Header("etag");

        var again = await Curl.SendAsync("--header", $"If-None-Match: {tag}", Service.Address + "/openapi.json");
        var head = await Curl.SendAsync("--head", Service.Address + "/openapi.json");

        Assert.Equal((304, "", "no-cache"), (again.Status, again.Body, again.Header("cache-control")));
        Assert.Equal((200, "", tag), (head.Status, head.Body, head.Header("etag")));
    }

    [Fact]
    public async Task Document_ServerSchema_HasTheKeysOfAServerInTheirOrder()
    {
        await Service.ProvisionRunningAsync("described");
        var document = JsonNode.Parse(await DocumentClient.DocumentAsync(Service))!;
        var server = (await Curl.SendAsync(Service, "GET", "/api/servers/described")).Json!;

        var schema = document["components"]!["schemas"]!["Server"]!;
        var keys = server.AsObject().Select(pair => pair.Key).ToArray();
        Assert.Equal(keys, schema["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal(keys, schema["required"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task Answers_OfEveryStatus_AreAsDescribed()
    {
        await Service.ProvisionRunningAsync("answering");
        var viewer = new { authorization = $"Bearer {await Tokens.CreateAsync(Service, "viewer", "viewer")}" };
        var wrong = new { authorization = "Bearer wrong" };
        var unknown = new { authorization = $"Bearer {TokenOfNoIssuer}" };
        const string All = "/api/servers", Watch = All + ":watch";
        const string One = All + "/{name}", Events = One + "/events", Rotate = One + ":rotate-credentials";

        (string Method, string Template, string Path, int Status, object More)[] requests =
        [
            ("GET", One, "/api/servers/answering", 200, new { }),
            ("GET", One, "/api/servers/answering?nonsense=1", 400, new { }),
            ("GET", One, "/api/servers/answering", 401, new { headers = wrong }),
            ("GET", One, "/api/servers/none", 404, new { }),
            ("GET", One, "/api/servers/answering", 503, new { headers = unknown }),
            ("GET", All, "/api/servers", 200, new { }),
            ("GET", All, "/api/servers?page_size=1&state=running&state=pending", 200, new { }),
            ("GET", All, "/api/servers?state=nonsense", 400, new { }),
            ("GET", All, "/api/servers", 401, new { headers = wrong }),
            ("GET", All, "/api/servers", 503, new { headers = unknown }),
            ("POST", All, "/api/servers", 200, new { body = new { validate_only = true } }),
            ("POST", All, "/api/servers", 200, new { body = new { name = "answered", labels = new { a = "b" } } }),
            ("POST", All, "/api/servers", 200, new { }),
            ("POST", All, "/api/servers", 400, new { body = """{"name": "-", "capacity": -1}""" }),
            ("POST", All, "/api/servers", 400, new { body = "{" }),
            ("POST", All, "/api/servers", 401, new { headers = wrong }),
            ("POST", All, "/api/servers", 403, new { headers = viewer }),
            ("POST", All, "/api/servers", 409, new { body = new { name = "answered" } }),
            ("POST", All, "/api/servers", 413, new { body = new string(' ', 2 * 1024 * 1024) }),
            ("POST", All, "/api/servers", 429, new { body = new { name = "one-too-many" } }),
            ("GET", Events, "/api/servers/answering/events", 200, new { }),
            ("GET", Events, "/api/servers/answering/events?nonsense=1", 400, new { }),
            ("GET", Events, "/api/servers/answering/events", 401, new { headers = wrong }),
            ("GET", Events, "/api/servers/none/events", 404, new { }),
            ("POST", Rotate, "/api/servers/answering:rotate-credentials", 200, new { body = new { } }),
            ("POST", Rotate, "/api/servers/answering:rotate-credentials", 400, new { body = """{"nonsense": 1}""" }),
            ("POST", Rotate, "/api/servers/answering:rotate-credentials", 401, new { headers = wrong }),
            ("POST", Rotate, "/api/servers/answering:rotate-credentials", 403, new { headers = viewer }),
            ("POST", Rotate, "/api/servers/none:rotate-credentials", 404, new { }),
            ("POST", Rotate, "/api/servers/answering:rotate-credentials", 409, new { body = new { etag = "0" } }),
            ("GET", Watch, "/api/servers:watch", 200, new { lines = 2 }),
            ("GET", Watch, "/api/servers:watch", 200, new { lines = 6, headers = new { accept = "text/event-stream" } }),
            ("GET", Watch, "/api/servers:watch?since_revision=-1", 400, new { }),
            ("GET", Watch, "/api/servers:watch?since_revision=1000000", 400, new { }),
            ("GET", Watch, "/api/servers:watch", 401, new { headers = wrong }),
            ("DELETE", One, "/api/servers/answered?force=true", 200, new { }),
            ("DELETE", One, "/api/servers/answered?force=perhaps", 400, new { }),
            ("DELETE", One, "/api/servers/answered", 401, new { headers = wrong }),
            ("DELETE", One, "/api/servers/answered", 403, new { headers = viewer }),
            ("DELETE", One, "/api/servers/none", 404, new { }),
            ("DELETE", One, "/api/servers/answering?etag=wrong", 409, new { }),
            ("GET", "/healthz", "/healthz", 200, new { }),
            ("GET", "/healthz", "/healthz?nonsense=1", 400, new { }),
            ("GET", "/version", "/version", 200, new { }),
            ("GET", "/version", "/version?nonsense=1", 400, new { }),
            ("GET", "/varz", "/varz", 200, new { }),
            ("GET", "/varz", "/varz?nonsense=1", 400, new { }),
            ("GET", "/varz", "/varz", 401, new { headers = wrong }),
            ("GET", "/varz", "/varz", 503, new { headers = unknown }),
            ("GET", "/metrics", "/metrics", 200, new { }),
            ("GET", "/metrics", "/metrics?nonsense=1", 400, new { }),
            ("GET", "/metrics", "/metrics", 401, new { headers = wrong }),
            ("POST", "/api/pause", "/api/pause", 204, new { }),
            ("POST", "/api/pause", "/api/pause?nonsense=1", 400, new { }),
            ("POST", "/api/pause", "/api/pause", 403, new { headers = viewer }),
            ("POST", "/api/resume", "/api/resume", 204, new { }),
            ("POST", "/api/resume", "/api/resume?nonsense=1", 400, new { }),
            ("POST", "/api/resume", "/api/resume", 403, new { headers = viewer }),
        ];

        var seen = await DocumentClient.AskAsync(Service, requests.Select(request =>
        {
            var whole = JsonSerializer.SerializeToNode(request.More)!;
            (whole["method"], whole["template"], whole["path"]) = (request.Method, request.Template, request.Path);
            return whole;
        }));

        Assert.Equal("3.1", (string?)seen["version"]);
        Assert.Empty(seen["errors"]!.AsArray());
        var answers = seen["answers"]!.AsArray();
        Assert.Equal(requests.Length, answers.Count);
        var faults = requests.Zip(answers)
            .Where(pair => (pair.First.Status, 0) != ((int?)pair.Second!["status"], pair.Second["problems"]!.AsArray().Count))
            .Select(pair => $"{pair.First.Method} {pair.First.Path}: not {pair.First.Status} as described: {pair.Second!.ToJsonString()}");
        Assert.True(!faults.Any(), string.Join(Environment.NewLine, faults));
    }
}
