using Google.Protobuf.Reflection;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>A bound method with one request and one response.</summary>
internal sealed class UnaryMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodDescriptor? descriptor,
    IReadOnlyList<object> metadata,
    UnaryServerMethod<TRequest, TResponse> pipeline) : BoundMethod(method, descriptor, metadata)
    where TRequest : class
    where TResponse : class
{
    public override async Task ServeAsync(GrpcCall call)
    {
        var request = await call.ReadSingleAsync(method.RequestMarshaller);
        await call.BeginAnswerAsync();
        await call.WriteSingleAsync(method.ResponseMarshaller, await pipeline(request, call));
    }

    public override async ValueTask<object> UnaryAsync(object request, ServerCallContext context) =>
        await pipeline((TRequest)request, context);
}
