using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>What can be ordered: read only.</summary>
internal static class DigitalOceanOffers
{
    public static CloudReply Sizes(CloudCall call) =>
        DigitalOceanPages.Reply(call, call.Query(), "sizes", DigitalOceanCatalog.Sizes, Copy);

    public static CloudReply Regions(CloudCall call) =>
        DigitalOceanPages.Reply(call, call.Query(), "regions", DigitalOceanCatalog.Regions, Copy);

    public static CloudReply Images(CloudCall call)
    {
        var query = call.Query();
        var (type, isPrivate, tag) = (query.Text("type"), query.Text("private"), query.Text("tag_name"));
        var hasNone = isPrivate == "true" || tag is not null || type == "application";
        return DigitalOceanPages.Reply(
            call, query, "images", hasNone ? [] : DigitalOceanCatalog.Images, Copy, ("type", type), ("private", isPrivate), ("tag_name", tag));
    }

    public static CloudReply Image(CloudCall call) => CloudReply.Ok(new JsonObject
    {
        ["image"] = Copy(DigitalOceanCatalog.FindImage(call.Text("image")) ?? throw DigitalOceanErrors.NotFound),
    });

    private static JsonNode Copy(JsonObject entry) => entry.DeepClone();
}
