using Grpc.Core;
using ServersGrpc.Tests.Rpc.Transcoding.Echo;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>What the methods of EchoService do.</summary>
internal sealed class EchoBehavior
{
    public Func<Everything, ServerCallContext, Task<Everything>> Unary { get; set; } = (request, _) => Task.FromResult(request);

    public Func<Everything, IServerStreamWriter<Event>, ServerCallContext, Task> Stream { get; set; } = (_, _, _) => Task.CompletedTask;
}
