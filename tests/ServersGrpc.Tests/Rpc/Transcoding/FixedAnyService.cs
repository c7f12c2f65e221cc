using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Answers the same Any to all.</summary>
internal sealed class FixedAnyService(Any any) : Samples.SampleService.SampleServiceBase
{
    public override Task<Any> Any(Any request, ServerCallContext context) => Task.FromResult(any);
}
