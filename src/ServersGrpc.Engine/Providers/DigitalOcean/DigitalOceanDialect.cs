using System.Net;
using System.Text.Json;
using ServersGrpc.Engine.Providers.Cloud;

namespace ServersGrpc.Engine.Providers.DigitalOcean;

/// <summary>How the API of DigitalOcean tells of failures, limits and pages.</summary>
internal sealed class DigitalOceanDialect : ICloudDialect
{
    public string Provider => "digitalocean";

    public int PageSize { get; init; } = 200;

    public CloudError? ReadError(HttpStatusCode status, JsonElement body)
    {
        if (!body.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
            return null;
        var message = body.TryGetProperty("message", out var text) ? text.ToString() : "";
        return new(id.GetString()!, message, DigitalOceanFaults.Sort(id.GetString()!, message, status));
    }

    public CloudPage ReadPage(JsonElement body)
    {
        // One page needs no links, and has none.
        var hasNext = body.TryGetProperty("links", out var links)
            && links.ValueKind == JsonValueKind.Object
            && links.TryGetProperty("pages", out var pages)
            && pages.ValueKind == JsonValueKind.Object
            && pages.TryGetProperty("next", out var next)
            && next.ValueKind == JsonValueKind.String;
        return new(body.GetProperty("meta").GetProperty("total").GetInt32(), hasNext);
    }

    // RateLimit-Reset is when the oldest call is forgotten, which makes room for one.
    public TimeSpan PauseWhenSpent(long limit, TimeSpan untilReset) => untilReset;
}
