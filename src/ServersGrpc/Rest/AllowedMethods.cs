using Microsoft.AspNetCore.Routing.Template;

namespace ServersGrpc.Rest;

/// <summary>
/// Which methods a path takes. Routing says so itself, except beside a route with a verb: "/api/servers/{name}:verb" has the form of every name to
/// it, so that a POST to a name ends as if nothing were there.
/// </summary>
internal static class AllowedMethods
{
    /// <summary>To be asked once the answer is known, and has not begun.</summary>
    public static void Tell(HttpContext http)
    {
        var response = http.Response;
        if (response.StatusCode == StatusCodes.Status404NotFound && http.GetEndpoint() is null && Find(http) is [_, ..] found)
            (response.StatusCode, response.Headers.Allow) = (StatusCodes.Status405MethodNotAllowed, string.Join(", ", found));
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            response.Headers.Allow = WithHead(response.Headers.Allow.ToString());
    }

    private static List<string> Find(HttpContext http) =>
    [
        .. http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => new TemplateMatcher(new(endpoint.RoutePattern), []).TryMatch(http.Request.Path, []))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct(),
    ];

    // Routing names the methods that it knows of.
    private static string WithHead(string allow)
    {
        var methods = allow.Split(',', StringSplitOptions.TrimEntries);
        return methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head) ? $"{allow}, {HttpMethods.Head}" : allow;
    }
}
