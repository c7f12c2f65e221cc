using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>How the Hetzner Cloud API speaks.</summary>
internal sealed class HetznerCloud : ICloud
{
    public const string CloudName = "hetznercloud";

    public string Name => CloudName;

    public CloudException Unauthorized => HetznerErrors.Unauthorized;

    public CloudException RateLimited => HetznerErrors.RateLimited;

    public CloudException BadJson => HetznerErrors.BadJson;

    public CloudException OutOfStock => HetznerErrors.OutOfStock;

    public CloudException NotUnique => HetznerErrors.NotUnique("server", "name");

    public CloudException NotFound => HetznerErrors.NotFound("endpoint");

    public string Token(FakeCloudSettings settings) => settings.HetznerToken;

    public CloudException Invalid(IReadOnlyList<FieldProblem> problems) => HetznerErrors.Invalid(problems);

    public CloudException Failure(int status) => HetznerErrors.Failure(status);

    public JsonObject ErrorBody(CloudException error, string requestId) => new()
    {
        ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message, ["details"] = error.Details?.DeepClone() },
    };

    public (string? Region, string? Size) Wanted(JsonElement body) => (Text(body, "location"), Text(body, "server_type"));

    public void AddRateLimit(IHeaderDictionary headers, RateLimitState state)
    {
        headers["RateLimit-Limit"] = state.Limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = state.Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
