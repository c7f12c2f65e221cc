using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Errors;

namespace ServersGrpc.Rpc.Transcoding.Calls;

/// <summary>Answers with the data of a google.api.HttpBody, under the content type that it names.</summary>
/// <param name="field">The field of the response that is the body; null where all of it is.</param>
internal sealed class RawCall(
    BoundMethod method, RequestReader reader, FieldDescriptor? field, TimeProvider time, FaultMapper faults, RpcStatusResponder responder)
    : TranscodedCall(method, reader, time, faults, responder)
{
    protected override async Task AnswerAsync(IMessage request, TranscodedCallContext call)
    {
        var message = await RunAsync(request, call);
        ThrowIfFailed(call);
        var response = call.HttpContext.Response;
        var body = RawBody.Of(message, field);
        if (body is { ContentType.Length: > 0 })
            response.ContentType = body.ContentType;
        var data = body?.Data.Memory ?? ReadOnlyMemory<byte>.Empty;
        response.ContentLength = data.Length;
        await response.BodyWriter.WriteAsync(data, call.CancellationToken);
    }
}
