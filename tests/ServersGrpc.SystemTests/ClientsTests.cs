using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>Programs that know nothing of this project's code, all on the one port.</summary>
public class ClientsTests(SharedService shared) : IClassFixture<SharedService>
{
    private const int NotFound = 5;
    private const int Unauthenticated = 16;

    public static TheoryData<string> GrpcClients =>
        new(nameof(GrpcClient.JavaScript), nameof(GrpcClient.Python), nameof(GrpcClient.PythonAlpha));

    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData("http1.1", "HTTP/1.1")]
    [InlineData("http2-prior-knowledge", "HTTP/2")]
    public async Task Curl_WholeLife_Works(string version, string protocol)
    {
        var (option, name) = ("--" + version, "curled-" + protocol[^1]);
        var path = "/api/servers/" + name;

        var provisioned = await Curl.SendAsync(Service, "POST", "/api/servers", option, "--json", $$"""{"name": "{{name}}"}""");
        var running = await Service.BecomesAsync(name, "running");
        var got = await Curl.SendAsync(Service, "GET", path, option);
        var listed = await Curl.SendAsync(Service, "GET", "/api/servers", option);
        var head = await Curl.SendAsync(Service, "HEAD", path, option, "--head");
        var terminated = await Curl.SendAsync(Service, "DELETE", path, option);
        var missing = await Curl.SendAsync(Service, "GET", "/api/servers/none", option);

        CurlResponse[] good = [provisioned, got, listed, head, terminated];
        Assert.All(good, answer => Assert.Equal((protocol, 200), (answer.Protocol, answer.Status)));
        Assert.Equal((running.Id, running.Etag), (ServerView.Parse(got.Body).Id, ServerView.Parse(got.Body).Etag));
        Assert.Contains(got.Body, listed.Body, StringComparison.Ordinal);
        Assert.Equal("", head.Body);
        Assert.Equal((protocol, 404), (missing.Protocol, missing.Status));
        await Service.BecomesAsync(name, "stopped");
    }

    [Fact]
    public async Task Curl_Watch_StreamsLines()
    {
        await Service.ProvisionRunningAsync("watched");
        await using var watch = ExternalCommand.Start(
            "curl",
            ["--silent", "--no-buffer", "--noproxy", "*", "--header", $"Authorization: Bearer {Service.Token}", Service.Address + "/api/servers:watch"]);

        var first = await NextChangeAsync(watch, "watched");
        await Service.TerminateAsync("watched");
        JsonNode change;
        do change = await NextChangeAsync(watch, "watched");
        while ((string?)change["server"]!["state"] != "stopped");

        Assert.Equal(("added", "running"), ((string?)first["type"], (string?)first["server"]!["state"]));
        Assert.Equal("modified", (string?)change["type"]);
        Assert.True((long)change["revision"]! > (long)first["revision"]!);
    }

    [Theory]
    [MemberData(nameof(GrpcClients))]
    public async Task Grpc_WholeLife_Works(string client)
    {
        var (grpc, name) = (GrpcClient.Named(client), $"called-{client.ToLowerInvariant()}");

        var provisioned = Assert.Single(await grpc.CallAsync(Service, "provision", new { name, labels = new { team = "a" } }));
        Assert.Equal(name, (string?)provisioned["name"]);
        Assert.Equal("a", (string?)provisioned["labels"]!["team"]);

        await Service.BecomesAsync(name, "running");
        var got = Assert.Single(await grpc.CallAsync(Service, "get", new { name }));
        var listed = Assert.Single(await grpc.CallAsync(Service, "list"));
        var events = Assert.Single(await grpc.CallAsync(Service, "events", new { name }));
        Assert.Equal("running", (string?)got["state"]);
        Assert.Single(listed["servers"]!.AsArray(), server => JsonNode.DeepEquals(server, got));
        Assert.Equal("ProvisionRequested", (string?)events["events"]![0]!["reason"]);

        var terminated = Assert.Single(await grpc.CallAsync(Service, "terminate", new { name }));
        Assert.Equal(name, (string?)terminated["name"]);
        await Service.BecomesAsync(name, "stopped");

        var failure = await grpc.FailAsync(Service, "get", new { name = "none" });
        Assert.Equal(NotFound, (int)failure["code"]!);
        Assert.Contains("none", (string?)failure["details"], StringComparison.Ordinal);
        Assert.NotNull(failure["metadata"]!["grpc-status-details-bin"]);
    }

    [Theory]
    [MemberData(nameof(GrpcClients))]
    public async Task Grpc_Watch_StreamsEveryStateToRunning(string client)
    {
        var name = $"streamed-{client.ToLowerInvariant()}";
        await using var watch = GrpcClient.Named(client).Start(Service, "watch");
        await Service.ProvisionAsync(name);

        var states = new List<string>();
        while (states.LastOrDefault() != "running") states.Add((string)(await NextChangeAsync(watch, name))["server"]!["state"]!);

        string[] life = ["pending", "creating", "created", "staging", "running"];
        Assert.Equal(states.Distinct().OrderBy(state => Array.IndexOf(life, state)), states.Distinct());
        Assert.Subset(life.ToHashSet(), states.ToHashSet());
    }

    [Theory]
    [InlineData(nameof(GrpcClient.Python))]
    [InlineData(nameof(GrpcClient.PythonAlpha))]
    public async Task Reflection_ListsEveryService(string client)
    {
        var services = await GrpcClient.Named(client).CallAsync(Service, "services");

        string[] expected =
        [
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            "servers.v1.ServerService",
        ];
        Assert.Equal(expected, services.Select(name => (string)name!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Health_NoToken_AnswersServing()
    {
        await using var call = GrpcClient.JavaScript.Start(Service, "health", authorization: "");

        Assert.Equal("""{"status":"SERVING"}""", await call.Output.ReadLineAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer wrong")]
    public async Task Grpc_NoGoodToken_IsUnauthenticated(string authorization)
    {
        var failure = await GrpcClient.JavaScript.FailAsync(Service, "list", authorization: authorization);

        Assert.Equal(Unauthenticated, (int)failure["code"]!);
    }

    /// <summary>The next change of the server; of others there may be any number before it.</summary>
    private static async Task<JsonNode> NextChangeAsync(ExternalCommand watch, string name)
    {
        JsonNode change;
        do change = JsonNode.Parse((await watch.Output.ReadLineAsync().WaitAsync(Eventually.Patience))!)!;
        while ((string?)change["server"]?["name"] != name);
        return change;
    }
}
