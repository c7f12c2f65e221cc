using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Routing.Template;
using ServersGrpc.Errors;

namespace ServersGrpc.Rest;

/// <summary>
/// Tells which methods a path takes where the request's is none of them. Routing does so by itself, but it knows neither HEAD nor the verb of a path such
/// as /api/servers/NAME:rotate-credentials: it takes that for a method of /api/servers/NAME, and the request for one of a path that is not there.
/// </summary>
internal sealed class AllowedMethodsMiddleware(RequestDelegate next, EndpointDataSource endpoints)
{
    public Task InvokeAsync(HttpContext http) => http.Request.IsGrpc() || IsFound(http.GetEndpoint()) ? next(http) : CheckAsync(http);

    /// <summary>Whether a method of the contract was found by its whole path, and so by one that it takes.</summary>
    private static bool IsFound(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is { } rest && RestMethod.VerbOf(rest.HttpRule).Length == 0;

    private async Task CheckAsync(HttpContext http)
    {
        await next(http);
        var response = http.Response;
        if (response.HasStarted || response.ContentType is not null
            || response.StatusCode is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
        {
            return;
        }
        var allowed = AllowedAt(http.Request.Path);
        // What is there and takes the method has said itself that something is not found.
        if (allowed.Count == 0 || allowed.Contains(http.Request.Method))
            return;
        response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        response.Headers.Allow = string.Join(", ", allowed);
    }

    private SortedSet<string> AllowedAt(PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: var taken } && Fits(endpoint, path))
                methods.UnionWith(taken);
        }
        if (methods.Contains(HttpMethods.Get))
            methods.Add(HttpMethods.Head);
        return methods;
    }

    private static bool Fits(RouteEndpoint endpoint, PathString path) =>
        new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults)).TryMatch(path, [])
        && (endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } rest
            || path.Value!.TrimEnd('/').EndsWith(RestMethod.VerbOf(rest.HttpRule), StringComparison.OrdinalIgnoreCase));
}
