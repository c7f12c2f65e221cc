using Grpc.Core;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>Does what its behavior says.</summary>
internal sealed class ShapesService(ShapesBehavior behavior) : Shapes.V1.Shapes.ShapesBase
{
    public override Task<Pong> Unary(Ping request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Pong> ClientStreaming(IAsyncStreamReader<Ping> requestStream, ServerCallContext context) =>
        behavior.ClientStreaming(requestStream, context);

    public override Task ServerStreaming(Ping request, IServerStreamWriter<Pong> responseStream, ServerCallContext context) =>
        behavior.ServerStreaming(request, responseStream, context);

    public override Task Duplex(IAsyncStreamReader<Ping> requestStream, IServerStreamWriter<Pong> responseStream, ServerCallContext context) =>
        behavior.Duplex(requestStream, responseStream, context);
}
