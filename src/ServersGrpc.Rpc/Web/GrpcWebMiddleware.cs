using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Web;

/// <summary>
/// Shows a gRPC-Web call to all that comes after it as a gRPC call: the body is decoded, and there is a place for trailers, which
/// browsers can't read and which become the last frame of the body. Other requests pass untouched.
/// </summary>
internal sealed class GrpcWebMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http) =>
        GrpcWebFormat.TryRead(http.Request, out var format) && HttpMethods.IsPost(http.Request.Method)
            ? ServeAsync(http, format)
            : next(http);

    private async Task ServeAsync(HttpContext http, GrpcWebFormat format)
    {
        var (request, features) = (http.Request, http.Features);
        var originalBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var originalTrailers = features.Get<IHttpResponseTrailersFeature>();
        var trailers = new TrailersFrame();
        var body = new WebResponseBody(originalBody, trailers, format.TextResponse);
        features.Set<IHttpResponseTrailersFeature>(trailers);
        features.Set<IHttpResponseBodyFeature>(body);
        request.ContentType = GrpcContentType.Default;
        if (format.TextRequest)
            request.Body = new Base64RequestBody(request.BodyReader);
        http.Response.OnStarting(() =>
        {
            if (GrpcContentType.Is(http.Response.ContentType))
                http.Response.ContentType = format.ResponseType;
            return Task.CompletedTask;
        });
        try
        {
            await next(http);
            await body.EndAsync();
        }
        finally
        {
            features.Set(originalBody);
            features.Set(originalTrailers);
        }
    }
}
