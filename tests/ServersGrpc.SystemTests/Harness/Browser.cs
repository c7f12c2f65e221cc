using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A page in a real browser, which calls the service with the published gRPC-Web library (tests/clients/browser).</summary>
internal static class Browser
{
    /// <summary>Opens a page of the origin, which makes the calls, and returns how each of them went.</summary>
    public static async Task<IReadOnlyList<JsonNode>> CallAsync(ServiceProcess service, string origin, params object[] calls)
    {
        var result = await ExternalCommand.RunAsync(
            "node",
            [Path.Combine(Repository.Clients, "browser.mjs"), service.Address, origin, JsonSerializer.Serialize(calls)],
            new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {service.Token}" });
        Assert.True(result.ExitCode == 0, $"The browser failed: {result.Error}");
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
