using Grpc.Core;
using Microsoft.AspNetCore.Diagnostics;

namespace ServersGrpc.Errors;

/// <summary>Answers what failed outside of the contract's methods.</summary>
internal sealed class StatusExceptionHandler(ILogger<StatusExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The caller has gone.
        if (httpContext.RequestAborted.IsCancellationRequested)
            return true;
        var status = exception is BadHttpRequestException
            ? RpcStatuses.Create(StatusCode.InvalidArgument, "The request can't be read.", "INVALID_ARGUMENT")
            : ApiErrors.From(exception);
        if (status is null)
        {
            ErrorsLog.Unforeseen(logger, httpContext.Request.Path, exception);
            status = RpcStatuses.Create(StatusCode.Unknown, "The service failed. Its log says why.", "UNKNOWN");
        }
        await httpContext.WriteRpcStatusAsync(status, (exception as BadHttpRequestException)?.StatusCode);
        return true;
    }
}
