using Google.Protobuf.Reflection;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>A bound method with many messages each way.</summary>
internal sealed class DuplexStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodDescriptor? descriptor,
    IReadOnlyList<object> metadata,
    DuplexStreamingServerMethod<TRequest, TResponse> pipeline) : BoundMethod(method, descriptor, metadata)
    where TRequest : class
    where TResponse : class
{
    public override Task ServeAsync(GrpcCall call) =>
        pipeline(
            new RequestStreamReader<TRequest>(call, method.RequestMarshaller),
            new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller),
            call);
}
