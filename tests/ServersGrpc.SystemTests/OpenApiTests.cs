using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;

namespace ServersGrpc.SystemTests;

/// <summary>The description of the REST face: valid by tools that nobody here wrote, whole, and true.</summary>
public class OpenApiTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly Dictionary<string, string> Offline = new()
    {
        ["REDOCLY_TELEMETRY"] = "off",
        ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
    };

    private ServiceProcess Service => shared.Service;

    [Fact]
    public async Task Document_ByAnIndependentLinter_HasNoError()
    {
        var file = Path.Combine(Service.DataDirectory, "openapi.json");
        await File.WriteAllTextAsync(file, await AsStrangerAsync("/openapi.json"));

        var lint = await ExternalCommand.RunAsync(
            Path.Combine(Repository.Clients, "node_modules", ".bin", "redocly"),
            ["lint", "--extends=recommended", "--format=json", file], Offline);

        Assert.True(lint.ExitCode == 0, lint.Output + lint.Error);
        Assert.Equal(0, (int)JsonNode.Parse(lint.Output)!["totals"]!["errors"]!);
    }

    [Fact]
    public async Task Document_HoldsEveryPathOfTheContractAndOfTheOperators()
    {
        var document = JsonNode.Parse(await AsStrangerAsync("/openapi.json"))!;

        var described = from path in document["paths"]!.AsObject()
                        from operation in path.Value!.AsObject()
                        select $"{operation.Key} {path.Key}";
        string[] operators = ["get /healthz", "get /version", "get /varz", "get /metrics", "post /api/pause", "post /api/resume"];
        Assert.Equal(
            ServerService.Descriptor.Methods.Select(RestForm).Concat(operators).Order(StringComparer.Ordinal),
            described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_ServerSchema_HasTheKeysOfAServerInTheirOrder()
    {
        await Service.ProvisionRunningAsync("described");
        var document = JsonNode.Parse(await AsStrangerAsync("/openapi.json"))!;
        var server = (await Curl.SendAsync(Service, "GET", "/api/servers/described")).Json!;

        var schema = document["components"]!["schemas"]!["Server"]!;
        var keys = server.AsObject().Select(pair => pair.Key).ToArray();
        Assert.Equal(keys, schema["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal(keys, schema["required"]!.AsArray().Select(name => (string)name!));
        Assert.All(schema["properties"]!.AsObject(), property => Assert.NotEqual("", (string?)property.Value!["description"] ?? ""));
    }

    [Fact]
    public async Task Answers_OfTheRealService_AreAsDescribed()
    {
        await Service.ProvisionRunningAsync("answering");
        (string Method, string Template, string Path, int Status, object More)[] requests =
        [
            ("GET", "/api/servers/{name}", "/api/servers/answering", 200, new { }),
            ("GET", "/api/servers/{name}", "/api/servers/none", 404, new { }),
            ("GET", "/api/servers/{name}", "/api/servers/answering?nonsense=1", 400, new { }),
            ("GET", "/api/servers", "/api/servers", 200, new { }),
            ("GET", "/api/servers", "/api/servers?state=nonsense", 400, new { }),
            ("GET", "/api/servers", "/api/servers", 401, new { headers = new { authorization = "Bearer wrong" } }),
            ("POST", "/api/servers", "/api/servers", 200, new { body = """{"name": "answered", "labels": {"a": "b"}}""" }),
            ("POST", "/api/servers", "/api/servers", 409, new { body = """{"name": "answered"}""" }),
            ("POST", "/api/servers", "/api/servers", 400, new { body = """{"name": "-", "capacity": -1}""" }),
            ("POST", "/api/servers", "/api/servers", 400, new { body = "{" }),
            ("GET", "/api/servers/{name}/events", "/api/servers/answering/events", 200, new { }),
            ("POST", "/api/servers/{name}:rotate-credentials", "/api/servers/answering:rotate-credentials", 200, new { body = "{}" }),
            ("POST", "/api/servers/{name}:rotate-credentials", "/api/servers/none:rotate-credentials", 404, new { body = "{}" }),
            ("POST", "/api/servers/{name}:rotate-credentials", "/api/servers/answering:rotate-credentials", 409, new { body = """{"etag": "0"}""" }),
            ("GET", "/api/servers:watch", "/api/servers:watch", 200, new { lines = 2 }),
            ("GET", "/api/servers:watch", "/api/servers:watch?since_revision=-1", 400, new { }),
            ("DELETE", "/api/servers/{name}", "/api/servers/answered?force=true", 200, new { }),
            ("DELETE", "/api/servers/{name}", "/api/servers/answered?etag=wrong", 409, new { }),
            ("GET", "/healthz", "/healthz", 200, new { }),
            ("GET", "/version", "/version", 200, new { }),
            ("GET", "/varz", "/varz", 200, new { }),
            ("GET", "/metrics", "/metrics", 200, new { }),
            ("POST", "/api/resume", "/api/resume", 204, new { }),
        ];

        var seen = await AskAsync(requests.Select(request =>
        {
            var whole = JsonSerializer.SerializeToNode(request.More)!;
            (whole["method"], whole["template"], whole["path"]) = (request.Method, request.Template, request.Path);
            return whole;
        }));

        Assert.Equal("3.1", (string?)seen["version"]);
        Assert.Empty(seen["errors"]!.AsArray());
        var answers = seen["answers"]!.AsArray();
        Assert.All(requests.Zip(answers), pair =>
        {
            Assert.Equal((pair.First.Path, pair.First.Status, "[]"),
                (pair.First.Path, (int)pair.Second!["status"]!, pair.Second["problems"]!.ToJsonString()));
        });
        Assert.Equal(requests.Length, answers.Count);
    }

    private static string RestForm(MethodDescriptor method)
    {
        var rule = method.GetOptions().GetExtension(AnnotationsExtensions.Http);
        return rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => $"get {rule.Get}",
            HttpRule.PatternOneofCase.Post => $"post {rule.Post}",
            HttpRule.PatternOneofCase.Delete => $"delete {rule.Delete}",
            _ => throw new InvalidOperationException($"{method.FullName} has a rule that this test does not know."),
        };
    }

    private async Task<JsonNode> AskAsync(IEnumerable<JsonNode> requests)
    {
        var result = await ExternalCommand.RunAsync(
            "node",
            [Path.Combine(Repository.Clients, "openapi.mjs"), Service.Address, new JsonArray([.. requests]).ToJsonString()],
            new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {Service.Token}" });
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonNode.Parse(result.Output)!;
    }

    /// <summary>What the service answers to somebody without a token.</summary>
    private async Task<string> AsStrangerAsync(string path)
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(Service.Address), Timeout = Eventually.Patience };
        using var response = await stranger.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
