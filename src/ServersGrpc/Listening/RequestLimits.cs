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
        var limits = app.ApplicationServices.GetRequiredService<LimitsOptions>();
        app.Use((http, next) =>
        {
            // The server would answer nothing but a number, and of twice the size end the connection, with all other calls on it.
            var (count, size) = Measure(http.Request.Headers);
            if (size > limits.MaxHeadersSize)
                return RefuseAsync(http, $"The headers have more than {limits.MaxHeadersSize} bytes (Servers:Limits:MaxHeadersSize).");
            if (count > limits.MaxHeaders)
                return RefuseAsync(http, $"There are more than {limits.MaxHeaders} headers (Servers:Limits:MaxHeaders).");
            // Each message has a limit, which is told in gRPC's own terms. Of a stream of them there may be any number.
            if (http.Request.IsGrpc() && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                body.MaxRequestBodySize = null;
            return next(http);
        });
    }

    private static (int Count, long Size) Measure(IHeaderDictionary headers)
    {
        var (count, size) = (0, 0L);
        foreach (var (name, values) in headers)
        {
            count += values.Count;
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0);
        }
        return (count, size);
    }

    private static Task RefuseAsync(HttpContext http, string why) => http.WriteRpcStatusAsync(
        RpcStatuses.Create(StatusCode.ResourceExhausted, why, "HEADERS_TOO_LARGE"), StatusCodes.Status431RequestHeaderFieldsTooLarge);
}
