using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>Every method by `buf curl`, which knows the contract by reflection alone, as gRPC and as gRPC-Web.</summary>
public sealed class BufTests(SharedService shared) : IClassFixture<SharedService>
{
    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData("grpc")]
    [InlineData("grpcweb")]
    public async Task EveryMethod_Called_Works(string protocol)
    {
        var name = $"buf-{protocol}";

        var provisioned = await CallAsync(protocol, "ProvisionServer", $$"""{"labels":{"team":"a"},"name":"{{name}}"}""");
        var running = await Service.BecomesAsync(name, "running");
        var got = await CallAsync(protocol, "GetServer", $$"""{"name":"{{name}}"}""");
        var listed = await CallAsync(protocol, "ListServers", """{"page_size":1000}""");
        var rotated = await CallAsync(protocol, "RotateServerCredentials", $$"""{"name":"{{name}}"}""");
        var terminated = await CallAsync(protocol, "TerminateServer", $$"""{"name":"{{name}}","force":true}""");
        var events = await CallAsync(protocol, "ListServerEvents", $$"""{"name":"{{name}}"}""");

        Assert.Equal((name, "a"), ((string?)provisioned["name"], (string?)provisioned["labels"]!["team"]));
        Assert.Equal((running.Id, running.Secret), ((string?)got["id"], (string?)got["secret"]));
        Assert.Contains(listed["servers"]!.AsArray(), server => (string?)server!["name"] == name);
        Assert.Equal(name, (string?)rotated["name"]);
        Assert.NotEqual(running.Secret, (string?)rotated["secret"]);
        Assert.Equal(name, (string?)terminated["name"]);
        Assert.Equal("ProvisionRequested", (string?)events["events"]![0]!["reason"]);
        await Service.BecomesAsync(name, "stopped");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("grpcweb")]
    public async Task Watch_Open_StreamsWhatHappens(string protocol)
    {
        await using var watch = ExternalCommand.Start(Buf, Arguments(protocol, "WatchServers", "{}"), Environment);
        // Its first word: from here on it misses nothing.
        await ReadUntilAsync(watch, "bookmark");

        await Service.PauseAsync();
        await Service.ProvisionAsync($"seen-{protocol}");

        await ReadUntilAsync(watch, $"seen-{protocol}");
        await Service.ResumeAsync();
        await Service.TerminateAsync($"seen-{protocol}", "?force");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("grpcweb")]
    public async Task Call_Fails_HasStatusMessageAndDetails(string protocol)
    {
        var missing = await FailAsync(protocol, "GetServer", """{"name":"nobody"}""");
        var invalid = await FailAsync(protocol, "ProvisionServer", """{"name":"Upper"}""");

        Assert.Equal(("not_found", "There is no server named \"nobody\"."), ((string?)missing["code"], (string?)missing["message"]));
        Assert.Equal(["google.rpc.ErrorInfo"], Types(missing));
        Assert.Equal("invalid_argument", (string?)invalid["code"]);
        Assert.Equal(["google.rpc.ErrorInfo", "google.rpc.BadRequest"], Types(invalid));
    }

    private static string Buf => Path.Combine(Repository.Clients, "node_modules", ".bin", "buf");

    // Nothing of it may go elsewhere, or be kept.
    private Dictionary<string, string> Environment => new()
    {
        ["NO_PROXY"] = "*",
        ["BUF_CACHE_DIR"] = Path.Combine(Path.GetTempPath(), "servers-buf"),
    };

    private string[] Arguments(string protocol, string method, string request) =>
    [
        "curl", "--protocol", protocol, "--http2-prior-knowledge", "--reflect", "--emit-defaults", "--data", request,
        "--header", $"authorization: Bearer {Service.Token}", "--reflect-header", $"authorization: Bearer {Service.Token}",
        $"{Service.Address}/servers.v1.ServerService/{method}",
    ];

    private async Task<JsonNode> CallAsync(string protocol, string method, string request)
    {
        var result = await ExternalCommand.RunAsync(Buf, Arguments(protocol, method, request), Environment);
        Assert.True(result.ExitCode == 0, $"{method}: {result.Error}");
        return JsonNode.Parse(result.Output)!;
    }

    private async Task<JsonNode> FailAsync(string protocol, string method, string request)
    {
        var result = await ExternalCommand.RunAsync(Buf, Arguments(protocol, method, request), Environment);
        Assert.NotEqual(0, result.ExitCode);
        return JsonNode.Parse(result.Error)!;
    }

    private static async Task ReadUntilAsync(ExternalCommand watch, string word)
    {
        while (await watch.Output.ReadLineAsync().WaitAsync(Eventually.Patience) is { } line)
        {
            if (line.Contains(word, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"The stream ended before \"{word}\".");
    }

    private static IEnumerable<string?> Types(JsonNode error) => error["details"]!.AsArray().Select(detail => (string?)detail!["type"]);
}
