using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>One call's fault ends no other call of its connection. The client is gRPC's C core, whose calls share one.</summary>
public sealed class LargeMetadataTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData(1, 33_000, "The headers have more than 32768 bytes (Servers:Limits:MaxHeadersSize).")]
    [InlineData(1, 100_000, "The headers have more than 32768 bytes (Servers:Limits:MaxHeadersSize).")]
    [InlineData(150, 1, "There are more than 100 headers (Servers:Limits:MaxHeaders).")]
    [InlineData(350, 1, "There are more than 100 headers (Servers:Limits:MaxHeaders).")]
    public async Task Call_MetadataOverTheLimit_FailsAloneAndAWatchBesideItLivesOn(int count, int size, string message)
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("first");

        var result = await ExternalCommand.RunAsync(
            "/usr/bin/python3",
            [Path.Combine(Repository.Clients, "large_metadata.py"), new Uri(Service.Address).Authority, $"{count}", $"{size}"],
            new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {Service.Token}" });

        Assert.True(result.ExitCode == 0, result.Error);
        var seen = JsonNode.Parse(result.Output)!;
        Assert.Equal($"RESOURCE_EXHAUSTED: {message}", (string?)seen["large"]);
        Assert.Equal("OK", (string?)seen["after"]);
        Assert.Equal(("added", "after"), ((string?)seen["change"], (string?)seen["name"]));
    }
}
