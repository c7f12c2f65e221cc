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
    JsonMessageReader json,
    JsonMessageWriters writers,
    JsonOutputPool outputs,
    FaultMapper faults,
    RpcStatusResponder responder,
    IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    /// <exception cref="InvalidOperationException">The rule does not fit its method.</exception>
    public TranscodedRoute Create(BoundMethod method, MethodDescriptor descriptor, HttpRule rule, PathTemplate template)
    {
        var reader = new RequestReader(descriptor, rule, template, options.Value, json);
        var metadata = new EndpointMetadataCollection(method.Metadata.Append(rule));
        var call = CreateCall(method, descriptor, rule, reader);
        return new TranscodedRoute(method.Method.FullName, new Endpoint(call.InvokeAsync, metadata, $"REST {method.Method.FullName}"));
    }

    /// <summary>Why the method can't be served as the rule says, though nothing is wrong with it; null when it can.</summary>
    /// <exception cref="InvalidOperationException">The rule does not fit its method.</exception>
    public static string? WhyNotServed(MethodDescriptor method, HttpRule rule) =>
        method.IsClientStreaming ? "it takes a stream"
        : !method.IsServerStreaming || !RawBody.Is(method.OutputType, ResponseField(method, rule)) ? null
        : "it answers with a stream of google.api.HttpBody";

    private TranscodedCall CreateCall(BoundMethod method, MethodDescriptor descriptor, HttpRule rule, RequestReader reader)
    {
        var field = ResponseField(descriptor, rule);
        if (RawBody.Is(descriptor.OutputType, field))
            return new RawCall(method, reader, field, time, faults, responder);
        var body = new ResponseBody(descriptor.OutputType, field, writers);
        if (!descriptor.IsServerStreaming)
            return new UnaryCall(method, reader, body, outputs, time, faults, responder);
        var (lines, events) = (new LineFraming(body), new EventFraming(body, EventId(descriptor)));
        return new StreamingCall(method, reader, lines, events, outputs, lifetime, time, faults, responder);
    }

    private static FieldDescriptor? ResponseField(MethodDescriptor method, HttpRule rule) =>
        rule.ResponseBody.Length == 0
            ? null
            : method.OutputType.FindFieldByName(rule.ResponseBody)
                ?? throw new InvalidOperationException(
                    $"response_body: {method.OutputType.FullName} has no field \"{rule.ResponseBody}\".");

    /// <exception cref="InvalidOperationException">The field is no integer: a text might have line ends, which end the id.</exception>
    private FieldDescriptor? EventId(MethodDescriptor method)
    {
        var field = method.OutputType.FindFieldByName(options.Value.EventIdField);
        if (field is not null && (field.IsRepeated || !IsInteger(field.FieldType)))
            throw new InvalidOperationException($"{field.FullName} is the EventIdField, but it is not an integer.");
        return field;
    }

    private static bool IsInteger(FieldType type) => type
        is FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 or FieldType.UInt32 or FieldType.Fixed32
        or FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 or FieldType.UInt64 or FieldType.Fixed64;
}
