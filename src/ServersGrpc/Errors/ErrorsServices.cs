using System.Globalization;
using Grpc.Core;

namespace ServersGrpc.Errors;

internal static class ErrorsServices
{
    private static readonly string Unknown = ((int)StatusCode.Unknown).ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds what turns failures into statuses.</summary>
    public static IServiceCollection AddErrors(this IServiceCollection services) => services
        .AddSingleton<ErrorInterceptor>()
        .AddExceptionHandler<StatusExceptionHandler>();

    /// <summary>
    /// To stand behind routing, which tells gRPC from REST, and before everything that may fail, or answer nothing but a status of HTTP.
    /// </summary>
    public static void UseErrors(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(static _ => { });
        app.UseWhen(static http => !http.Request.IsGrpc(), static rest => rest.UseStatusCodePages(static page => WriteAsync(page.HttpContext)));
        app.Use(static (http, next) =>
        {
            // Errors of gRPC are headers, so they can be written at the last moment: a call that succeeds pays next to nothing for it.
            if (http.Request.IsGrpc())
                http.Response.OnStarting(static state => MendAsync((HttpContext)state), http);
            return next(http);
        });
    }

    /// <summary>Says what is wrong where the server itself says too little. Whatever else it says of a gRPC request that is none, it says in terms of HTTP.</summary>
    private static Task MendAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.StatusCode == StatusCodes.Status404NotFound)
        {
            return http.WriteRpcStatusAsync(
                RpcStatuses.Create(StatusCode.Unimplemented, $"There is no method {http.Request.PathBase + http.Request.Path}.", "UNIMPLEMENTED"));
        }
        if (response.Headers.GrpcStatus != Unknown || response.Headers.ContainsKey(RpcStatusWriter.DetailsHeader))
            return Task.CompletedTask;
        // A message that can't be read fails before any interceptor runs, as a fault of the service and without details. It is the caller's.
        if (http.Features.Get<ReadMessage>() is null)
            return http.WriteRpcStatusAsync(RpcStatuses.UnreadableMessage());
        ErrorsLog.FailedOutside(http.RequestServices.GetRequiredService<ILogger<ErrorInterceptor>>(), http.Request.Path);
        return http.WriteRpcStatusAsync(RpcStatuses.Fault());
    }

    private static Task WriteAsync(HttpContext http)
    {
        var path = http.Request.PathBase + http.Request.Path;
        var status = http.Response.StatusCode;
        return http.WriteRpcStatusAsync(
            status switch
            {
                StatusCodes.Status404NotFound => RpcStatuses.Create(StatusCode.NotFound, $"There is nothing at {path}.", "NOT_FOUND"),
                StatusCodes.Status405MethodNotAllowed => RpcStatuses.Create(
                    StatusCode.Unimplemented, $"{path} does not take {http.Request.Method}. It takes {http.Response.Headers.Allow}.", "METHOD_NOT_ALLOWED"),
                StatusCodes.Status413PayloadTooLarge => RpcStatuses.Create(
                    StatusCode.InvalidArgument, "The request is larger than the service takes (Servers:Limits:MaxRequestSize).", "REQUEST_TOO_LARGE"),
                StatusCodes.Status415UnsupportedMediaType => RpcStatuses.Create(
                    StatusCode.InvalidArgument, $"{path} does not take the content type \"{http.Request.ContentType}\".", "UNSUPPORTED_MEDIA_TYPE"),
                >= StatusCodes.Status500InternalServerError => RpcStatuses.Fault(),
                _ => RpcStatuses.Create(StatusCode.InvalidArgument, "The request can't be read.", "INVALID_ARGUMENT"),
            },
            status);
    }
}
