using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>The documented error codes, with the HTTP statuses that they are seen with.</summary>
internal static class HetznerErrors
{
    public static CloudException Unauthorized => new(StatusCodes.Status401Unauthorized, "unauthorized", "unable to authenticate");

    public static CloudException BadJson => new(StatusCodes.Status400BadRequest, "json_error", "invalid JSON input in request");

    public static CloudException RateLimited =>
        new(StatusCodes.Status429TooManyRequests, "rate_limit_exceeded", "limit of requests per hour reached");

    public static CloudException OutOfStock =>
        new(StatusCodes.Status412PreconditionFailed, "resource_unavailable", "error during placement");

    public static CloudException LimitExceeded => new(
        StatusCodes.Status403Forbidden,
        "resource_limit_exceeded",
        "server limit exceeded",
        new JsonObject { ["limits"] = new JsonArray(new JsonObject { ["name"] = "server_limit" }) });

    public static CloudException Deprecated(string announcement) => new(
        StatusCodes.Status410Gone,
        "deprecated_api_endpoint",
        "API functionality was removed",
        new JsonObject { ["announcement"] = $"https://docs.hetzner.cloud/changelog#{announcement}" });

    public static CloudException Locked(string what) => new(StatusCodes.Status423Locked, "locked", $"{what} is locked");

    public static CloudException Conflict(string code, string message) => new(StatusCodes.Status409Conflict, code, message);

    public static CloudException InUse(string what) =>
        new(StatusCodes.Status422UnprocessableEntity, "resource_in_use", $"{what} is still in use");

    public static CloudException NotFound(string what, object? id = null) =>
        new(StatusCodes.Status404NotFound, "not_found", id is null ? $"{what} not found" : $"{what} with ID '{id}' not found");

    public static CloudException NotUnique(string what, string field) => new(
        StatusCodes.Status409Conflict,
        "uniqueness_error",
        $"{what} {field} is already used",
        new JsonObject { ["fields"] = new JsonArray(new JsonObject { ["name"] = field }) });

    public static CloudException Invalid(IReadOnlyList<FieldProblem> problems) => new(
        StatusCodes.Status422UnprocessableEntity,
        "invalid_input",
        $"invalid input in field{(problems.Count > 1 ? "s" : "")} "
        + string.Join(", ", problems.Select(problem => $"'{problem.Name}': {problem.Message}")),
        new JsonObject
        {
            ["fields"] = new JsonArray(
            [
                .. problems.GroupBy(problem => problem.Name).Select(field => new JsonObject
                {
                    ["name"] = field.Key,
                    ["messages"] = new JsonArray([.. field.Select(problem => JsonValue.Create(problem.Message))]),
                }),
            ]),
        });

    public static CloudException Failure(int status) => status switch
    {
        StatusCodes.Status502BadGateway => new(status, "bad_gateway", "the request could not be answered by the API backend"),
        StatusCodes.Status503ServiceUnavailable => new(status, "unavailable", "the service is currently not available"),
        StatusCodes.Status504GatewayTimeout => new(status, "timeout", "the request could not be answered in time"),
        _ => new(status, "server_error", "an error within the API backend"),
    };
}
