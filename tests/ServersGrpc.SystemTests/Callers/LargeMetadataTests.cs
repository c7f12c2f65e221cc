using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>One call's fault ends no other call of its connection. The client is gRPC's C core, whose calls share one.</summary>
public sealed class LargeMetadataTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData(33_000)]
    [InlineData(100_000)]
    public async Task Call_MetadataOverTheLimit_FailsAloneAndAWatchBesideItLivesOn(int size)
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("first");

        var result = await ExternalCommand.RunAsync(
            "/usr/bin/python3",
            [Path.Combine(Repository.Clients, "large_metadata.py"), new Uri(Service.Address).Authority, $"{size}"],
            new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {Service.Token}" });

        Assert.True(result.ExitCode == 0, result.Error);
        var seen = JsonNode.Parse(result.Output)!;
        Assert.Equal("RESOURCE_EXHAUSTED: The headers have more than 32768 bytes (Servers:Limits:MaxHeadersSize).", (string?)seen["large"]);
        Assert.Equal("OK", (string?)seen["after"]);
        Assert.Equal(("added", $"after-{size}"), ((string?)seen["change"], (string?)seen["name"]));
    }
}
