using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Errors;

namespace ServersGrpc.Listening;

/// <summary>The limits of requests that the server itself would hold too bluntly.</summary>
internal static class RequestLimits
{
    /// <summary>To stand before everything that reads a request, and behind what tells gRPC-Web from gRPC.</summary>
    public static void UseRequestLimits(this IApplicationBuilder app)
    {
        var maxHeaders = app.ApplicationServices.GetRequiredService<LimitsOptions>().MaxHeadersSize;
        app.Use((http, next) =>
        {
            // The server would answer nothing but a number, and of twice the size end the connection, with all other calls on it.
            if (SizeOf(http.Request.Headers) > maxHeaders)
                return RefuseAsync(http, maxHeaders);
            // Each message has a limit, which is told in gRPC's own terms. Of a stream of them there may be any number.
            if (http.Request.IsGrpc() && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                body.MaxRequestBodySize = null;
            return next(http);
        });
    }

    private static long SizeOf(IHeaderDictionary headers)
    {
        var size = 0L;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0);
        }
        return size;
    }

    private static Task RefuseAsync(HttpContext http, int max) => http.WriteRpcStatusAsync(
        RpcStatuses.Create(
            StatusCode.ResourceExhausted, $"The headers have more than {max} bytes (Servers:Limits:MaxHeadersSize).", "HEADERS_TOO_LARGE"),
        StatusCodes.Status431RequestHeaderFieldsTooLarge);
}
