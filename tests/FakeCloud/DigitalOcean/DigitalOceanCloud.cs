using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>How the DigitalOcean API speaks.</summary>
internal sealed class DigitalOceanCloud : ICloud
{
    public const string CloudName = "digitalocean";

    public string Name => CloudName;

    public CloudException Unauthorized => DigitalOceanErrors.Unauthorized;

    public CloudException RateLimited => DigitalOceanErrors.RateLimited;

    public CloudException BadJson => DigitalOceanErrors.BadJson;

    public CloudException OutOfStock => DigitalOceanErrors.Unprocessable("Size is not available in this region.");

    public CloudException NotUnique => DigitalOceanErrors.Unprocessable("Name has already been taken.");

    public CloudException NotFound => DigitalOceanErrors.NotFound;

    public string Token(FakeCloudSettings settings) => settings.DigitalOceanToken;

    public CloudException Invalid(IReadOnlyList<FieldProblem> problems) =>
        DigitalOceanErrors.Unprocessable(string.Join(" ", problems.Select(problem => $"{problem.Name} {problem.Message}.")));

    public CloudException Failure(int status) => DigitalOceanErrors.Failure(status);

    public JsonObject ErrorBody(CloudException error, string requestId) => new()
    {
        ["id"] = error.Code,
        ["message"] = error.Message,
        ["request_id"] = requestId,
    };

    public (string? Region, string? Size) Wanted(JsonElement body) => (Text(body, "region"), Text(body, "size"));

    public void AddRateLimit(IHeaderDictionary headers, RateLimitState state)
    {
        headers["ratelimit-limit"] = state.Limit.ToString(CultureInfo.InvariantCulture);
        headers["ratelimit-remaining"] = state.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["ratelimit-reset"] = state.Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
