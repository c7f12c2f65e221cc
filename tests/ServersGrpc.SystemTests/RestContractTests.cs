using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>The JSON that existing clients were written against, to the letter.</summary>
public class RestContractTests(ITestOutputHelper output) : ServiceTest(output)
{
    private static readonly string[] Certificates = ["ca_key", "ca_cert", "tls_key", "tls_cert"];

    [Fact]
    public async Task List_NoServers_IsAnEmptyArray()
    {
        var answer = await Curl.SendAsync(Service, "GET", "/api/servers");

        Assert.Equal(200, answer.Status);
        Assert.Equal("[]", answer.Body);
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provision_Paused_AnswersEveryKeyOfAPendingServer()
    {
        await Service.PauseAsync();

        var answer = await Curl.SendAsync(Service, "POST", "/api/servers", "--json", """{"name": "first"}""");

        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Header("Location"));
        DocumentedForm.Check(answer.Body);
        var server = answer.Json!;
        Assert.Equal("pending", (string?)server["state"]);
        Assert.Equal("first", (string?)server["name"]);
        Assert.Equal("local", (string?)server["provider"]);
        Assert.Equal(2, (int)server["capacity"]!);
        Assert.Equal("", (string?)server["id"]);
        Assert.Equal("", (string?)server["address"]);
        Assert.Equal("", (string?)server["error"]);
        Assert.Equal("0", server["started"]!.ToJsonString());
        Assert.Equal("0", server["stopped"]!.ToJsonString());
        Assert.Matches("^[A-Za-z0-9]{32}$", (string?)server["secret"]);
        Assert.All(Certificates, key => AssertPem((string)server[key]!));
    }

    [Fact]
    public async Task GetListAndGrpc_RunningServer_AnswerTheSame()
    {
        await Service.ProvisionRunningAsync("same");

        var got = (await Curl.SendAsync(Service, "GET", "/api/servers/same")).Body;
        var listed = (await Curl.SendAsync(Service, "GET", "/api/servers")).Body;
        var byJavaScript = await GrpcClient.JavaScript.CallAsync(Service, "get", new { name = "same" });
        var byPython = await GrpcClient.Python.CallAsync(Service, "get", new { name = "same" });

        DocumentedForm.Check(got);
        Assert.Equal($"[{got}]", listed);
        AssertSame(JsonNode.Parse(got), Assert.Single(byJavaScript));
        AssertSame(JsonNode.Parse(got), Assert.Single(byPython));
    }

    [Fact]
    public async Task List_SeveralServers_IsOldestFirstAndKeepsStoppedOnes()
    {
        await Service.PauseAsync();
        string[] names = ["zoe", "ada", "mia"];
        foreach (var name in names) await Service.ProvisionAsync(name);
        await Service.TerminateAsync("ada");
        await Service.BecomesAsync("ada", "stopped");

        var servers = await Service.ListAsync();

        Assert.Equal(names, servers.Select(server => server.Name));
    }

    [Fact]
    public async Task List_ManyServers_ArrivesWhole()
    {
        const int Servers = 60;
        await Service.PauseAsync();
        await Task.WhenAll(Enumerable.Range(0, Servers).Select(number => Service.ProvisionAsync($"many-{number}")));

        var answer = await Curl.SendAsync(Service, "GET", "/api/servers");

        // More than is sent at once.
        Assert.True(answer.Body.Length > 128 * 1024);
        Assert.Equal("", answer.Error);
        Assert.Equal(Servers, ServerView.ParseList(answer.Body).Select(server => server.Name).Distinct().Count());
    }

    [Fact]
    public async Task Operations_AsDocumented()
    {
        var health = await Curl.SendAsync(Service.Address + "/healthz");
        var version = await Curl.SendAsync(Service.Address + "/version");
        Assert.Equal((200, "OK"), (health.Status, health.Body));
        Assert.Equal(200, version.Status);
        Assert.Equal(405, (await Curl.SendAsync("--request", "POST", Service.Address + "/healthz")).Status);
        Assert.Equal(["source", "version", "commit"], version.Json!.AsObject().Select(pair => pair.Key));

        Assert.StartsWith("""{"paused":false,""", (await Curl.SendAsync(Service, "GET", "/varz")).Body);
        Assert.Equal(204, (await Curl.SendAsync(Service, "POST", "/api/pause")).Status);
        Assert.Equal(0, await Service.StopAsync());
        await Service.StartAsync();
        Assert.StartsWith("""{"paused":true,""", (await Curl.SendAsync(Service, "GET", "/varz")).Body);

        await Service.ProvisionAsync("waiting");
        Assert.Equal(204, (await Curl.SendAsync(Service, "POST", "/api/resume")).Status);
        Assert.StartsWith("""{"paused":false,""", (await Curl.SendAsync(Service, "GET", "/varz")).Body);
        await Service.BecomesAsync("waiting", "running");
    }

    private static void AssertPem(string base64)
    {
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(base64));
        Assert.StartsWith("-----BEGIN ", pem, StringComparison.Ordinal);
        Assert.EndsWith("-----\n", pem, StringComparison.Ordinal);
    }

    private static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected {expected}{Environment.NewLine}but got {actual}");
}
