using System.Net;
using System.Text.Json;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>How a cloud's API tells of failures, limits and pages.</summary>
internal interface ICloudDialect
{
    /// <summary>The provider's name, for messages.</summary>
    string Provider { get; }

    /// <summary>How many items a page of a listing may have at most.</summary>
    int PageSize { get; }

    /// <summary>The failure that the body tells of, sorted; null where the body is not of the API.</summary>
    CloudError? ReadError(HttpStatusCode status, JsonElement body);

    /// <summary>The page that the body of a listing says it is.</summary>
    CloudPage ReadPage(JsonElement body);

    /// <summary>How long after a spent limit the next call is let in.</summary>
    /// <param name="limit">How many calls the limit has.</param>
    /// <param name="untilReset">From now until the time of the header RateLimit-Reset.</param>
    TimeSpan PauseWhenSpent(long limit, TimeSpan untilReset);
}
