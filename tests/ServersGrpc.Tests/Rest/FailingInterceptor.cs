using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ServersGrpc.Tests.Rest;

/// <summary>Fails once the method is done.</summary>
internal sealed class FailingInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await continuation(request, context);
        throw new InvalidOperationException("It fails.");
    }
}
