using Grpc.Core;
using ServersGrpc.Errors;

namespace ServersGrpc.Listening;

/// <summary>
/// Refuses requests whose headers are too large, in words and on their own face. The server would answer nothing but a number, and of twice the
/// size it would end the connection, with the calls of others that share it.
/// </summary>
internal static class HeaderLimit
{
    /// <summary>To stand before everything that reads a request, and behind what tells gRPC-Web from gRPC.</summary>
    public static void UseHeaderLimit(this IApplicationBuilder app)
    {
        var max = app.ApplicationServices.GetRequiredService<LimitsOptions>().MaxHeadersSize;
        app.Use((http, next) => IsOver(max, http.Request.Headers) ? RefuseAsync(http, max) : next(http));
    }

    private static bool IsOver(int max, IHeaderDictionary headers)
    {
        var size = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0);
        }
        return size > max;
    }

    private static Task RefuseAsync(HttpContext http, int max) => http.WriteRpcStatusAsync(
        RpcStatuses.Create(
            StatusCode.ResourceExhausted, $"The headers have more than {max} bytes (Servers:Limits:MaxHeadersSize).", "HEADERS_TOO_LARGE"),
        StatusCodes.Status431RequestHeaderFieldsTooLarge);
}
