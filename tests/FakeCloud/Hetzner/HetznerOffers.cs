using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>What can be ordered: read only.</summary>
internal static class HetznerOffers
{
    public static CloudReply Images(CloudCall call)
    {
        var query = call.Query();
        var architectures = query.All("architecture");
        var types = query.All("type");
        var status = query.All("status");
        var withDeprecated = query.Text("include_deprecated") == "true";
        var name = query.Text("name");
        if (LabelSelector.Parse(query.Text("label_selector")) is var fits && !fits(new Dictionary<string, string>())) name = "";
        if (query.Text("bound_to") is not null) name = "";
        _ = query.All("sort");
        var images = HetznerCatalog.Images
            .Where(image => (name is null || (string?)image["name"] == name)
                && (withDeprecated || image["deprecated"] is null)
                && IsAmong(architectures, image["architecture"])
                && IsAmong(types, image["type"])
                && IsAmong(status, image["status"]))
            .ToList();
        return HetznerPages.Reply(call, query, "images", images, Copy);
    }

    public static Func<CloudCall, CloudReply> List(string plural, IReadOnlyList<JsonObject> entries) => call =>
    {
        var query = call.Query();
        var name = query.Text("name");
        _ = query.All("sort");
        return HetznerPages.Reply(
            call, query, plural, [.. entries.Where(entry => name is null || (string?)entry["name"] == name)], Copy);
    };

    public static Func<CloudCall, CloudReply> Get(string singular, IReadOnlyList<JsonObject> entries) => call => CloudReply.Ok(new JsonObject
    {
        [singular] = Copy(
            entries.FirstOrDefault(entry => (long)entry["id"]! == call.Id) ?? throw HetznerErrors.NotFound(singular, call.Id)),
    });

    public static CloudReply Pricing(CloudCall call) => CloudReply.Ok(new JsonObject
    {
        ["pricing"] = new JsonObject
        {
            ["currency"] = "EUR",
            ["vat_rate"] = "19.000000",
            ["server_types"] = new JsonArray(
            [
                .. HetznerCatalog.ServerTypes.Select(type => new JsonObject
                {
                    ["id"] = type["id"]!.DeepClone(),
                    ["name"] = type["name"]!.DeepClone(),
                    ["prices"] = type["prices"]!.DeepClone(),
                }),
            ]),
        },
    });

    private static bool IsAmong(IReadOnlyList<string> wanted, JsonNode? value) => wanted.Count == 0 || wanted.Contains((string)value!);

    private static JsonObject Copy(JsonObject entry) => entry.DeepClone().AsObject();
}
