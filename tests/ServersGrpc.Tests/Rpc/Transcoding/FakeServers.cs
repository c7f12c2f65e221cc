using Grpc.Core;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Answers the servers contract from a list, and remembers what it was asked.</summary>
internal sealed class FakeServers : ServerService.ServerServiceBase
{
    public List<ServersGrpc.V1.Server> List { get; } = [];

    public List<Google.Protobuf.IMessage> Requests { get; } = [];

    public override Task<ServersGrpc.V1.Server> GetServer(GetServerRequest request, ServerCallContext context)
    {
        Requests.Add(request);
        return Task.FromResult(Find(request.Name));
    }

    public override Task<ListServersResponse> ListServers(ListServersRequest request, ServerCallContext context)
    {
        Requests.Add(request);
        return Task.FromResult(new ListServersResponse { Servers = { List } });
    }

    public override Task<ServersGrpc.V1.Server> ProvisionServer(ProvisionServerRequest request, ServerCallContext context)
    {
        Requests.Add(request);
        return Task.FromResult(new ServersGrpc.V1.Server { Name = request.Name, State = "pending" });
    }

    public override Task<ServersGrpc.V1.Server> TerminateServer(TerminateServerRequest request, ServerCallContext context)
    {
        Requests.Add(request);
        return Task.FromResult(Find(request.Name));
    }

    public override Task<ServersGrpc.V1.Server> RotateServerCredentials(RotateServerCredentialsRequest request, ServerCallContext context)
    {
        Requests.Add(request);
        return Task.FromResult(Find(request.Name));
    }

    public override async Task WatchServers(
        WatchServersRequest request, IServerStreamWriter<ServerChange> responseStream, ServerCallContext context)
    {
        Requests.Add(request);
        await responseStream.WriteAsync(new ServerChange { Type = "bookmark", Revision = request.SinceRevision + 1 }, context.CancellationToken);
    }

    private ServersGrpc.V1.Server Find(string name) =>
        List.Find(server => server.Name == name)
        ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no server \"{name}\"."));
}
