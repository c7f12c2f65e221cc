using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>A client that believes the document of a service, and nothing else: tests/clients/openapi.mjs.</summary>
internal static class DocumentClient
{
    /// <summary>What it said of the document, of each request, and of each answer.</summary>
    public static async Task<JsonNode> AskAsync(ServiceProcess service, IEnumerable<JsonNode> requests)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new JsonArray([.. requests]).ToJsonString());
            var result = await ExternalCommand.RunAsync(
                "node", [Path.Combine(Repository.Clients, "openapi.mjs"), service.Address, file],
                new Dictionary<string, string> { ["AUTHORIZATION"] = $"Bearer {service.Token}" });
            Assert.True(result.ExitCode == 0, result.Error);
            return JsonNode.Parse(result.Output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The document, as a caller without a token gets it.</summary>
    public static async Task<string> DocumentAsync(ServiceProcess service)
    {
        var answer = await Curl.SendAsync(service.Address + "/openapi.json");
        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("content-type")));
        return answer.Body;
    }
}
