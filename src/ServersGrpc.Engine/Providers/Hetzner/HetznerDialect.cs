using System.Net;
using System.Text.Json;
using ServersGrpc.Engine.Providers.Cloud;

namespace ServersGrpc.Engine.Providers.Hetzner;

/// <summary>How the API of Hetzner Cloud tells of failures, limits and pages.</summary>
internal sealed class HetznerDialect : ICloudDialect
{
    public string Provider => "hetznercloud";

    public int PageSize { get; init; } = 50;

    public CloudError? ReadError(HttpStatusCode status, JsonElement body)
    {
        if (!body.TryGetProperty("error", out var error)
            || error.ValueKind != JsonValueKind.Object
            || !error.TryGetProperty("code", out var code)
            || code.ValueKind != JsonValueKind.String)
        {
            return null;
        }
        var message = Message(error);
        return new(code.GetString()!, message, HetznerFaults.Sort(code.GetString()!, message, status));
    }

    public CloudPage ReadPage(JsonElement body)
    {
        var pagination = body.GetProperty("meta").GetProperty("pagination");
        var total = pagination.GetProperty("total_entries");
        return new(total.ValueKind == JsonValueKind.Null ? null : total.GetInt32(), pagination.GetProperty("next_page").ValueKind == JsonValueKind.Number);
    }

    // RateLimit-Reset is when all calls of the limit are back; they come back evenly, so the next one is back much sooner.
    public TimeSpan PauseWhenSpent(long limit, TimeSpan untilReset) => untilReset / limit;

    // What exactly was invalid is in the details. They name fields, and do not repeat what was sent.
    private static string Message(JsonElement error)
    {
        var message = error.TryGetProperty("message", out var text) ? text.ToString() : "";
        if (!error.TryGetProperty("details", out var details)
            || details.ValueKind != JsonValueKind.Object
            || !details.TryGetProperty("fields", out var fields)
            || fields.ValueKind != JsonValueKind.Array)
        {
            return message;
        }
        return $"{message}: {string.Join(", ", fields.EnumerateArray().Select(Name))}";

        static string Name(JsonElement field) =>
            field.ValueKind == JsonValueKind.Object && field.TryGetProperty("name", out var name) ? name.ToString() : "";
    }
}
