using Grpc.Core;

namespace ServersGrpc.Errors;

internal static class ErrorsServices
{
    /// <summary>Adds what turns failures into statuses.</summary>
    public static IServiceCollection AddErrors(this IServiceCollection services) => services
        .AddSingleton<ErrorInterceptor>()
        .AddExceptionHandler<StatusExceptionHandler>();

    /// <summary>To stand before everything that may fail, or answer nothing but a status of HTTP.</summary>
    public static void UseErrors(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(static page => WriteAsync(page.HttpContext));
        app.Use(RefuseUnreadMessagesAsync);
    }

    // A message that can't be read fails before any interceptor runs, as a fault of the service and without details. It is the caller's.
    private static async Task RefuseUnreadMessagesAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (!http.Response.HasStarted && http.Response.Headers.GrpcStatus == $"{(int)StatusCode.Unknown}" && !http.Response.Headers.ContainsKey(RpcStatusWriter.DetailsHeader))
        {
            await http.WriteRpcStatusAsync(RpcStatuses.UnreadableMessage());
        }
    }

    private static Task WriteAsync(HttpContext http)
    {
        // Whatever else the server says of a gRPC request that is none, it says in terms of HTTP.
        if (http.Request.IsGrpc() && http.Response.StatusCode != StatusCodes.Status404NotFound)
            return Task.CompletedTask;
        var path = http.Request.PathBase + http.Request.Path;
        var status = http.Response.StatusCode;
        return http.WriteRpcStatusAsync(
            status switch
            {
                // Over gRPC a method that does not exist, over REST a path.
                StatusCodes.Status404NotFound when http.Request.IsGrpc() =>
                    RpcStatuses.Create(StatusCode.Unimplemented, $"There is no method {path}.", "UNIMPLEMENTED"),
                StatusCodes.Status404NotFound => RpcStatuses.Create(StatusCode.NotFound, $"There is nothing at {path}.", "NOT_FOUND"),
                StatusCodes.Status405MethodNotAllowed => RpcStatuses.Create(
                    StatusCode.Unimplemented, $"{path} does not take {http.Request.Method}. It takes {http.Response.Headers.Allow}.", "METHOD_NOT_ALLOWED"),
                StatusCodes.Status413PayloadTooLarge => RpcStatuses.Create(
                    StatusCode.InvalidArgument, "The request is larger than the service takes (Servers:Limits:MaxRequestSize).", "REQUEST_TOO_LARGE"),
                StatusCodes.Status415UnsupportedMediaType => RpcStatuses.Create(
                    StatusCode.InvalidArgument, $"{path} does not take the content type \"{http.Request.ContentType}\".", "UNSUPPORTED_MEDIA_TYPE"),
                >= StatusCodes.Status500InternalServerError => RpcStatuses.Create(StatusCode.Unknown, "The service failed. Its log says why.", "UNKNOWN"),
                _ => RpcStatuses.Create(StatusCode.InvalidArgument, "The request can't be read.", "INVALID_ARGUMENT"),
            },
            status);
    }
}
