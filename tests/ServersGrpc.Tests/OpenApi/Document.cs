using System.Text.Json.Nodes;
using ServersGrpc.OpenApi;

namespace ServersGrpc.Tests.OpenApi;

/// <summary>The document as it is built into the service.</summary>
internal static class Document
{
    public static JsonObject Root { get; } = JsonNode.Parse(OpenApiDocument.Read())!.AsObject();

    public static JsonObject Schemas => Root["components"]!["schemas"]!.AsObject();

    /// <summary>Every operation, by its verb and path such as "get /api/servers".</summary>
    public static IReadOnlyDictionary<string, JsonObject> Operations { get; } =
        (from path in Root["paths"]!.AsObject()
         from operation in path.Value!.AsObject()
         select (Key: $"{operation.Key} {path.Key}", operation.Value)).ToDictionary(pair => pair.Key, pair => pair.Value!.AsObject());

    /// <summary>What a node says, or what it refers to.</summary>
    public static JsonObject Resolve(JsonNode? node)
    {
        Assert.NotNull(node);
        return node["$ref"] is { } reference
            ? Resolve(((string)reference!)["#/".Length..].Split('/').Aggregate((JsonNode)Root, (at, part) => at[part]!))
            : node.AsObject();
    }
}
