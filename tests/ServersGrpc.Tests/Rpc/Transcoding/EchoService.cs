using Grpc.Core;
using ServersGrpc.Tests.Rpc.Transcoding.Echo;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Answers its request, unless the test says otherwise.</summary>
internal sealed class EchoService(EchoBehavior behavior) : Echo.EchoService.EchoServiceBase
{
    public override Task<Everything> GetOne(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Everything> GetAny(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Everything> Query(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Everything> Post(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Everything> PutInner(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task<Everything> PatchTags(Everything request, ServerCallContext context) => behavior.Unary(request, context);

    public override Task Stream(Everything request, IServerStreamWriter<Event> responseStream, ServerCallContext context) =>
        behavior.Stream(request, responseStream, context);
}
