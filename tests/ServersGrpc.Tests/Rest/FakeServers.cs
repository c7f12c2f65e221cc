using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>The contract's methods, which keep what they were asked, and answer what the test says.</summary>
internal sealed class FakeServers : ServerService.ServerServiceBase
{
    private readonly ConcurrentQueue<IMessage> _requests = [];

    public IReadOnlyList<IMessage> Requests => [.. _requests];

    /// <summary>What is answered for one server, and what is listed and streamed.</summary>
    public IReadOnlyList<Server> Servers { get; set; } = [new()];

    /// <summary>What calls end with; a stream after its messages.</summary>
    public Exception? Failure { get; set; }

    public override Task<Server> GetServer(GetServerRequest request, ServerCallContext context) => AnswerAsync(request);

    public override Task<Server> ProvisionServer(ProvisionServerRequest request, ServerCallContext context) => AnswerAsync(request);

    public override Task<Server> TerminateServer(TerminateServerRequest request, ServerCallContext context) => AnswerAsync(request);

    public override Task<Server> RotateServerCredentials(RotateServerCredentialsRequest request, ServerCallContext context) =>
        AnswerAsync(request);

    public override Task<ListServersResponse> ListServers(ListServersRequest request, ServerCallContext context)
    {
        _requests.Enqueue(request);
        return Failure is null
            ? Task.FromResult(new ListServersResponse { Servers = { Servers } })
            : Task.FromException<ListServersResponse>(Failure);
    }

    public override async Task WatchServers(
        WatchServersRequest request, IServerStreamWriter<ServerChange> responseStream, ServerCallContext context)
    {
        _requests.Enqueue(request);
        foreach (var server in Servers)
            await responseStream.WriteAsync(new() { Type = "added", Revision = long.MaxValue, Server = server });
        await responseStream.WriteAsync(new() { Type = "bookmark", Revision = 8 });
        if (Failure is not null)
            throw Failure;
    }

    private Task<Server> AnswerAsync(IMessage request)
    {
        _requests.Enqueue(request);
        return Failure is null ? Task.FromResult(Servers[0]) : Task.FromException<Server>(Failure);
    }
}
