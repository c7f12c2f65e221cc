using Google.Protobuf.Reflection;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>A bound method with many requests and one response.</summary>
internal sealed class ClientStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodDescriptor? descriptor,
    IReadOnlyList<object> metadata,
    ClientStreamingServerMethod<TRequest, TResponse> pipeline) : BoundMethod(method, descriptor, metadata)
    where TRequest : class
    where TResponse : class
{
    public override async Task ServeAsync(GrpcCall call)
    {
        var response = await pipeline(new RequestStreamReader<TRequest>(call, method.RequestMarshaller), call);
        await call.WriteSingleAsync(method.ResponseMarshaller, response);
    }
}
