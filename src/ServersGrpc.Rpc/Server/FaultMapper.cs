using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>Turns what a method threw into the status of its call, for both faces. The one place that logs it.</summary>
internal sealed class FaultMapper(IOptions<GrpcServiceOptions> options, ILogger<FaultMapper> logger)
{
    /// <summary>The status of the call. Trailers that the fault carries are added to the call's.</summary>
    public Status ToStatus(Exception fault, HttpServerCallContext call)
    {
        if (fault is RpcException rpc)
        {
            foreach (var trailer in rpc.Trailers)
                call.ResponseTrailers.Add(trailer);
            return rpc.Status;
        }

        // What a method throws once its call is over, cancelled or not, says only that it noticed.
        if (fault is CallOverException || (call.Cause != CancellationCause.None && fault is OperationCanceledException or IOException))
            return StatusOf(call.Cause);

        RpcLog.MethodFailed(logger, fault, call.Method);
        return new Status(
            StatusCode.Unknown,
            options.Value.EnableDetailedErrors == true
                ? $"Exception was thrown by handler. {fault.GetType().Name}: {fault.Message}"
                : "Exception was thrown by handler.");
    }

    /// <summary>The status of a call whose token was cancelled.</summary>
    public static Status StatusOf(CancellationCause cause) => cause switch
    {
        CancellationCause.DeadlinePassed => new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"),
        CancellationCause.Stopping => new Status(StatusCode.Unavailable, "The server is shutting down."),
        _ => new Status(StatusCode.Cancelled, "The caller went away."),
    };
}
