using Google.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Answers its request, and remembers it.</summary>
internal sealed class SampleService(List<IMessage> received) : Samples.SampleService.SampleServiceBase
{
    public override Task<Sample> Get(Sample request, ServerCallContext context) => Echo(request);

    public override Task<Sample> Post(Sample request, ServerCallContext context) => Echo(request);

    public override Task<Struct> Struct(Struct request, ServerCallContext context) => Echo(request);

    public override Task<Value> Value(Value request, ServerCallContext context) => Echo(request);

    public override Task<ListValue> List(ListValue request, ServerCallContext context) => Echo(request);

    public override Task<Any> Any(Any request, ServerCallContext context) => Echo(request);

    public override Task<Timestamp> Timestamp(Timestamp request, ServerCallContext context) => Echo(request);

    public override Task<StringValue> Wrapper(StringValue request, ServerCallContext context) => Echo(request);

    public override Task<Empty> Empty(Empty request, ServerCallContext context) => Echo(request);

    public override Task<HttpBody> File(HttpBody request, ServerCallContext context) => Echo(request);

    private Task<T> Echo<T>(T request)
        where T : IMessage
    {
        received.Add(request);
        return Task.FromResult(request);
    }
}
