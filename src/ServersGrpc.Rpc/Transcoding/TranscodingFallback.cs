using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>
/// Answers what no endpoint takes. gRPC's fallback takes every path with every method, so a request to one of the application's own
/// paths with a method that it has not comes here too, and is told so.
/// </summary>
internal sealed class TranscodingFallback(EndpointDataSource endpoints, RpcStatusResponder responder)
{
    public Task AnswerAsync(HttpContext http)
    {
        var allowed = AllowedMethods(http.Request.Path);
        if (allowed.Count > 0)
            return responder.AnswerMethodNotAllowedAsync(http, allowed);
        var notFound = new Status { Code = (int)Code.NotFound, Message = $"There is nothing at {http.Request.Path}." };
        return responder.AnswerJsonAsync(http, StatusCodes.Status404NotFound, notFound, http.RequestAborted);
    }

    private SortedSet<string> AllowedMethods(PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
            if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: var accepted } && Fits(endpoint, path))
                methods.UnionWith(accepted);
        return methods;
    }

    private static bool Fits(RouteEndpoint endpoint, PathString path) =>
        new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults))
            .TryMatch(path, []);
}
