using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ServersGrpc.Errors;

/// <summary>The one place where what a method throws becomes a rich status, on both faces.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    /// <summary>The status that an exception of a call is. One that was not foreseen is logged.</summary>
    public Google.Rpc.Status ToStatus(Exception exception, ServerCallContext context) => exception switch
    {
        RpcException rpc => rpc.ToRichStatus(),
        _ when ApiErrors.From(exception) is { } known => known,
        // The caller has gone, or its deadline has passed, which the server tells by itself: whatever the method was at then failed for that.
        // The server sets the status and ends the answer before it cancels the token.
        _ when context.CancellationToken.IsCancellationRequested || context.Status.StatusCode == StatusCode.DeadlineExceeded =>
            RpcStatuses.Create(StatusCode.Cancelled, "The call was cancelled.", "CANCELLED"),
        _ => Unforeseen(exception, context),
    };

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Enter(context);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e)
        {
            throw ToRpcException(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Enter(context);
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e)
        {
            throw ToRpcException(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Enter(context);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e)
        {
            throw ToRpcException(e, context);
        }
    }

    private static void Enter(ServerCallContext context) => context.GetHttpContext().Features.Set(ReadMessage.Instance);

    private RpcException ToRpcException(Exception exception, ServerCallContext context)
    {
        var status = ToStatus(exception, context);
        var http = context.GetHttpContext();
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is null)
            return status.FittingHeaders().ToRpcException();
        if (!http.Response.HasStarted)
            http.Response.AddErrorHeaders(status);
        return status.ToRpcException();
    }

    private Google.Rpc.Status Unforeseen(Exception exception, ServerCallContext context)
    {
        ErrorsLog.Unforeseen(logger, context.Method, exception);
        return RpcStatuses.Fault();
    }
}
