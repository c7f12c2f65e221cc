using Google.Protobuf;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Responses;

namespace ServersGrpc.Rpc.Transcoding.Calls;

internal sealed class UnaryCall(
    BoundMethod method,
    RequestReader reader,
    ResponseBody body,
    JsonOutputPool outputs,
    TimeProvider time,
    FaultMapper faults,
    RpcStatusResponder responder)
    : TranscodedCall(method, reader, time, faults, responder)
{
    protected override async Task AnswerAsync(IMessage request, TranscodedCallContext call)
    {
        await call.BeginAnswerAsync();
        var response = await RunAsync(request, call);
        ThrowIfFailed(call);
        using var output = outputs.Rent();
        await body.SendAsync(response, output, call);
    }
}
