using Google.Protobuf.Reflection;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>A bound method with one request and many responses.</summary>
internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodDescriptor? descriptor,
    IReadOnlyList<object> metadata,
    ServerStreamingServerMethod<TRequest, TResponse> pipeline) : BoundMethod(method, descriptor, metadata)
    where TRequest : class
    where TResponse : class
{
    public override async Task ServeAsync(GrpcCall call)
    {
        var request = await call.ReadSingleAsync(method.RequestMarshaller);
        await pipeline(request, new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller), call);
    }

    public override Task ServerStreamingAsync(object request, Func<object, CancellationToken, Task> write, ServerCallContext context) =>
        pipeline((TRequest)request, new DelegateStreamWriter<TResponse>(write, context), context);
}
