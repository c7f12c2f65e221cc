using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Who did what to which server, from where, allowed or refused: in the events and in the log.</summary>
public sealed class AuditTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Fact]
    public async Task Calls_AllowedRefusedAndReading_AreInTheEventsAndTheLog()
    {
        await Service.PauseAsync();
        var ci = await Tokens.CreateAsync(Service, "ci", "operator");
        var viewer = await Tokens.CreateAsync(Service, "looker", "viewer");
        var other = await Tokens.CreateAsync(Service, "other", "operator", "--scope", "team=b");
        using var client = new FaceClient(Service);

        await client.RestAsync("POST", "/api/servers", """{"name":"one"}""", ci);
        for (var i = 0; i < 20; i++)
            await client.RestAsync("GET", "/api/servers/one", null, ci);
        Assert.Equal(403, (await client.RestAsync("DELETE", "/api/servers/one", null, viewer)).Code);
        Assert.Equal(404, (await client.RestAsync("DELETE", "/api/servers/one", null, other)).Code);
        await client.RestAsync("GET", "/api/servers", null, Service.Token);
        Assert.Equal(200, (await client.RestAsync("DELETE", "/api/servers/one", null, ci)).Code);
        Assert.Equal(404, (await client.RestAsync("DELETE", "/api/servers/none", null, ci)).Code);

        (string, string)[] expected =
        [
            ("ProvisionRequested", "ci"), ("SecretsRead", "ci"), ("AccessRefused", "looker"), ("AccessRefused", "other"), ("SecretsRead", "admin"), ("TerminateRequested", "ci"),
        ];
        var events = await Eventually.SeeAsync(
            async () => JsonNode.Parse((await client.RestAsync("GET", "/api/servers/one/events", null, viewer)).Body)!.AsArray(),
            all => expected.All(e => all.Any(one => ((string)one!["reason"]!, (string)one["actor"]!) == e)), "all of it is in the events");
        var ofCallers = events.Where(e => (string)e!["actor"]! != "lifecycle").ToList();
        Assert.Equal(expected.Order(), ofCallers.Select(e => ((string)e!["reason"]!, (string)e["actor"]!)).Order());
        Assert.All(ofCallers, e => Assert.Equal("127.0.0.1", (string)e!["address"]!));
        Assert.Equal(ofCallers.Count, ofCallers.Select(e => (string)e!["request_id"]!).Where(id => id.Length > 0).Distinct().Count());
        Assert.All(
            [
                "Allowed: ci (Operator) /servers.v1.ServerService/ProvisionServer server \"one\" from 127.0.0.1",
                "Allowed: ci (Operator) /servers.v1.ServerService/TerminateServer server \"one\" from 127.0.0.1",
                "Refused: looker (Viewer) /servers.v1.ServerService/TerminateServer server \"one\" from 127.0.0.1",
                "Refused: other (Operator) /servers.v1.ServerService/TerminateServer server \"one\" from 127.0.0.1",
                "Failed: ci (Operator) /servers.v1.ServerService/TerminateServer server \"none\" from 127.0.0.1",
                "Secrets read: ci (Operator) server \"one\" from 127.0.0.1",
                "Allowed: admin (Admin) /api/pause",
                "Ordered: token create --name looker --role viewer",
            ],
            (string line) => Assert.Contains(line, Service.Log));
        Assert.Contains("ServersGrpc.Audit", Service.Log);
    }

    [Fact]
    public async Task Answers_OfWhatIsHiddenAndOfWhatIsNotThere_AreAlike()
    {
        await Service.PauseAsync();
        using var made = await Service.Http.PostAsync("/api/servers", new StringContent("""{"name":"hidden"}"""));
        using var spy = new HttpClient { BaseAddress = new Uri(Service.Address) };
        spy.DefaultRequestHeaders.Authorization = new("Bearer", await Tokens.CreateAsync(Service, "spy", "viewer", "--scope", "team=c"));

        foreach (var path in (string[])["/api/servers/hidden", "/api/servers/none00", "/api/servers/hidden/events", "/api/servers/none00/events"])
        {
            for (var time = 0; time < 2; time++)
            {
                using var answer = await spy.GetAsync(path);
                Assert.Equal(404, (int)answer.StatusCode);
                Assert.Single(answer.Headers.GetValues("x-request-id"));
            }
        }
    }

    [Fact]
    public async Task Answers_OfWhatIsNoted_NameTheirRequest()
    {
        await Service.PauseAsync();
        using var made = await Service.Http.PostAsync("/api/servers", new StringContent("""{"name":"one"}"""));
        using var stranger = new HttpClient { BaseAddress = new Uri(Service.Address) };
        using var refused = await stranger.GetAsync("/api/servers");

        var id = Assert.Single(made.Headers.GetValues("x-request-id"));
        Assert.Equal(id, (string)JsonNode.Parse(await Service.Http.GetStringAsync("/api/servers/one/events"))![0]!["request_id"]!);
        Assert.Contains($"request {id}", Service.Log);
        Assert.NotEqual(id, Assert.Single(refused.Headers.GetValues("x-request-id")));
    }
}
