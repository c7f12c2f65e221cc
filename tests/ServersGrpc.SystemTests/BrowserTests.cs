using System.Text.Json.Nodes;
using Google.Rpc;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>gRPC-Web from pages of other origins, in a real browser.</summary>
public class BrowserTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Page = "http://app.test";

    protected override string[] Options => [$"--Servers:Cors:Origins={Page}"];

    [Fact]
    public async Task Page_WholeLife_Works()
    {
        var calls = await Browser.CallAsync(
            Service, Page,
            new { method = "WatchServers", until = "running", parallel = true },
            new { method = "ProvisionServer", request = new { name = "text", labels = new { team = "a" } } },
            new { method = "WatchServers", until = "running" },
            new { method = "GetServer", request = new { name = "text" }, format = "binary" },
            new { method = "ListServers", request = new { page_size = 1 }, format = "binary" },
            new { method = "TerminateServer", request = new { name = "text" } });

        Assert.All(calls, call => Assert.True((int?)call["code"] is null or 0, $"{call}"));
        var unary = calls.Where(call => (string?)call["method"] != "WatchServers").Select(call => Assert.Single(call["messages"]!.AsArray())!).ToList();
        Assert.All([unary[0], unary[1], unary[3]], server => Assert.Equal("text", (string?)server["name"]));
        Assert.Equal(("a", "running"), ((string?)unary[0]["labels"]!["team"], (string?)unary[1]["state"]));
        Assert.Equal("text", (string?)Assert.Single(unary[2]["servers"]!.AsArray())!["name"]);
        Assert.All(
            calls.Where(call => (string?)call["method"] == "WatchServers"),
            watch => Assert.Equal("running", (string?)watch["messages"]!.AsArray()[^1]!["server"]!["state"]));
        await Service.BecomesAsync("text", "stopped");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("binary")]
    public async Task Page_CallFails_ReadsStatusMessageAndDetails(string format)
    {
        var calls = await Browser.CallAsync(
            Service, Page,
            new { method = "GetServer", request = new { name = "nö" }, format },
            new { method = "ListServers", token = "Bearer wrong", format },
            new { method = "ProvisionServer", request = new { capacity = -1 }, format });

        Assert.Equal([5, 16, 3], calls.Select(call => (int)call["code"]!));
        Assert.Equal("There is no server named \"nö\".", (string?)calls[0]["details"]);
        Assert.Equal(["SERVER_NOT_FOUND", "TOKEN_INVALID", "INVALID_ARGUMENT"], calls.Select(ReasonOf));
    }

    [Fact]
    public async Task Page_DeadlinePasses_StreamEndsWithTheServersStatus()
    {
        var call = Assert.Single(await Browser.CallAsync(Service, Page, new { method = "WatchServers", deadline = 300, until = "never" }));

        Assert.Equal((4, "Deadline Exceeded"), ((int)call["code"]!, (string?)call["details"]));
    }

    [Fact]
    public async Task Page_OriginIsNotConfigured_ReadsNothing()
    {
        var call = Assert.Single(await Browser.CallAsync(Service, "http://other.test", new { method = "ListServers" }));

        Assert.NotEqual(0, (int)call["code"]!);
        Assert.Empty(call["messages"]!.AsArray());
        Assert.Contains("http status code: 0", (string?)call["details"], StringComparison.Ordinal);
    }

    private static string ReasonOf(JsonNode call)
    {
        var details = (string)call["metadata"]!["grpc-status-details-bin"]!;
        var status = Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return status.Details.First(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason;
    }
}
