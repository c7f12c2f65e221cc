using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ServersGrpc.Api;

/// <summary>The one place where domain errors become statuses. What it does not know stays an unforeseen error.</summary>
internal sealed class ErrorInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (ApiErrors.From(e) is { } status)
        {
            throw status.ToRpcException();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (ApiErrors.From(e) is { } status)
        {
            throw status.ToRpcException();
        }
    }
}
