using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests;

/// <summary>How a server must look in JSON: the keys that clients rely on, their order and their types.</summary>
internal static class DocumentedForm
{
    private static readonly string[] Keys =
    [
        "id", "provider", "state", "name", "image", "region", "size", "platform", "address", "capacity", "secret", "error",
        "ca_key", "ca_cert", "tls_key", "tls_cert", "created", "updated", "started", "stopped",
    ];

    private static readonly string[] Numbers = ["capacity", "created", "updated", "started", "stopped"];

    public static void Check(string json)
    {
        var server = JsonNode.Parse(json)!.AsObject();
        Assert.Equal(Keys, server.Select(pair => pair.Key).Take(Keys.Length));
        Assert.All(Keys, key => Assert.Equal(
            Numbers.Contains(key) ? JsonValueKind.Number : JsonValueKind.String, server[key]!.GetValueKind()));
        Assert.All(Numbers, key => Assert.Matches("^[0-9]+$", server[key]!.ToJsonString()));
        Assert.Equal(JsonValueKind.Object, server["labels"]!.GetValueKind());
        Assert.NotEqual("", (string?)server["etag"]);
    }
}
