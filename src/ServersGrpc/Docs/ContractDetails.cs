using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace ServersGrpc.Docs;

/// <summary>Describes what a proto file can't say of the contract's REST form: a header, and a request to begin with.</summary>
internal static class ContractDetails
{
    public static void AddTo(OpenApiDocument document)
    {
        var servers = document.Paths["/api/servers"].Operations!;
        ((OpenApiResponse)servers[HttpMethod.Get].Responses!["200"]).Headers = new Dictionary<string, IOpenApiHeader>
        {
            ["Link"] = new OpenApiHeader
            {
                Description = "Where a further page exists: its address, with rel=\"next\".",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        // Tools would otherwise make one up of words that are no provider, image or size.
        ((OpenApiMediaType)servers[HttpMethod.Post].RequestBody!.Content!["application/json"]).Example = new JsonObject
        {
            ["name"] = "builder",
            ["labels"] = new JsonObject { ["team"] = "ci" },
        };
    }
}
