using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>The documented errors: an id that follows from the HTTP status, and a sentence.</summary>
internal static class DigitalOceanErrors
{
    public static CloudException Unauthorized => new(StatusCodes.Status401Unauthorized, "unauthorized", "Unable to authenticate you.");

    public static CloudException BadJson => new(StatusCodes.Status400BadRequest, "bad_request", "error parsing request body");

    public static CloudException NotFound =>
        new(StatusCodes.Status404NotFound, "not_found", "The resource you requested could not be found.");

    public static CloudException RateLimited => new(StatusCodes.Status429TooManyRequests, "too_many_requests", "API rate limit exceeded.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static CloudException Unprocessable(string message) =>
        new(StatusCodes.Status422UnprocessableEntity, "unprocessable_entity", message);

    public static CloudException Conflict(string message) => new(StatusCodes.Status409Conflict, "conflict", message);

    public static CloudException Failure(int status) => status == StatusCodes.Status503ServiceUnavailable
        ? new(status, "service_unavailable", "Service Unavailable")
        : new(status, "server_error", "Unexpected server-side error");
}
