using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Calls;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Responses;
using ServersGrpc.Rpc.Transcoding.Routing;
using Endpoint = Microsoft.AspNetCore.Http.Endpoint;

namespace ServersGrpc.Rpc.Transcoding;

/// <summary>Makes the route of an HTTP rule: everything that can be found out before the first request is found out here.</summary>
internal sealed class TranscodedRouteFactory(
    IOptions<GrpcJsonTranscodingOptions> options,
    JsonMessageWriters writers,
    JsonOutputPool outputs,
    FaultMapper faults,
    RpcStatusResponder responder,
    IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private readonly MessageFields _fields = new();

    /// <exception cref="InvalidOperationException">The rule does not fit its method.</exception>
    public TranscodedRoute Create(BoundMethod method, MethodDescriptor descriptor, HttpRule rule, PathTemplate template)
    {
        if (descriptor.IsClientStreaming)
            throw new InvalidOperationException("a method that takes a stream has no REST form; take its HTTP rule away.");
        var reader = new RequestReader(descriptor, rule, template, options.Value, _fields);
        var body = new ResponseBody(descriptor.OutputType, rule.ResponseBody, writers);
        var (lines, events) = (new LineFraming(body), new EventFraming(body, EventId(descriptor)));
        TranscodedCall call = descriptor.IsServerStreaming
            ? new StreamingCall(method, reader, lines, events, outputs, lifetime, time, faults, responder)
            : new UnaryCall(method, reader, body, outputs, time, faults, responder);
        var metadata = new EndpointMetadataCollection(method.Metadata.Append(rule));
        return new TranscodedRoute(method.Method.FullName, new Endpoint(call.InvokeAsync, metadata, $"REST {method.Method.FullName}"));
    }

    private FieldDescriptor? EventId(MethodDescriptor method) =>
        method.OutputType.FindFieldByName(options.Value.EventIdField) is { IsRepeated: false, FieldType: not FieldType.Message } field
            ? field
            : null;
}
