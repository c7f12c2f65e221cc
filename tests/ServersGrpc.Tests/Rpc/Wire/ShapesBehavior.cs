using Grpc.Core;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>What the methods do; a test replaces what it is about.</summary>
internal sealed class ShapesBehavior
{
    public Func<Ping, ServerCallContext, Task<Pong>> Unary { get; set; } =
        (request, _) => Task.FromResult(new Pong { Text = request.Text, Data = request.Data });

    public Func<IAsyncStreamReader<Ping>, ServerCallContext, Task<Pong>> ClientStreaming { get; set; } = JoinAsync;

    public Func<Ping, IServerStreamWriter<Pong>, ServerCallContext, Task> ServerStreaming { get; set; } = CountAsync;

    public Func<IAsyncStreamReader<Ping>, IServerStreamWriter<Pong>, ServerCallContext, Task> Duplex { get; set; } = EchoAsync;

    private static async Task<Pong> JoinAsync(IAsyncStreamReader<Ping> requests, ServerCallContext context)
    {
        var texts = new List<string>();
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            texts.Add(request.Text);
        return new Pong { Text = string.Join(',', texts) };
    }

    private static async Task CountAsync(Ping request, IServerStreamWriter<Pong> responses, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
            await responses.WriteAsync(new Pong { Text = $"{request.Text}{i}" }, context.CancellationToken);
    }

    private static async Task EchoAsync(IAsyncStreamReader<Ping> requests, IServerStreamWriter<Pong> responses, ServerCallContext context)
    {
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            await responses.WriteAsync(new Pong { Text = request.Text }, context.CancellationToken);
    }
}
