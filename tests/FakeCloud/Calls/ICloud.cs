using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>How a cloud speaks, beside what it says.</summary>
internal interface ICloud
{
    /// <summary>As its provider is named.</summary>
    string Name { get; }

    CloudException Unauthorized { get; }

    CloudException RateLimited { get; }

    CloudException BadJson { get; }

    CloudException OutOfStock { get; }

    /// <summary>Something must be unique and is not.</summary>
    CloudException NotUnique { get; }

    CloudException NotFound { get; }

    string Token(FakeCloudSettings settings);

    /// <summary>The answer to a body whose fields are not what they should be.</summary>
    CloudException Invalid(IReadOnlyList<FieldProblem> problems);

    /// <summary>A failure of the cloud's own.</summary>
    CloudException Failure(int status);

    JsonObject ErrorBody(CloudException error, string requestId);

    /// <summary>Where and how large a machine the body of a create asks for; null where it does not say.</summary>
    (string? Region, string? Size) Wanted(JsonElement body);

    void AddRateLimit(IHeaderDictionary headers, RateLimitState state);
}
