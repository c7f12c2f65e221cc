using Google.Protobuf;
using Grpc.Core;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

public sealed class CallShapeTests
{
    [Fact]
    public async Task Unary_Request_EchoesIt()
    {
        await using var host = await GrpcHost.StartAsync();

        var pong = await host.Client.UnaryAsync(new Ping { Text = "hello" });

        Assert.Equal("hello", pong.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(4_000_000)]
    public async Task Unary_DataOfAnySizeBelowTheLimit_EchoesIt(int size)
    {
        await using var host = await GrpcHost.StartAsync();
        var data = new byte[size];
        new Random(size).NextBytes(data);

        var pong = await host.Client.UnaryAsync(new Ping { Data = ByteString.CopyFrom(data) });

        Assert.Equal(data, pong.Data.ToByteArray());
    }

    [Fact]
    public async Task ClientStreaming_ManyRequests_JoinsThem()
    {
        await using var host = await GrpcHost.StartAsync();

        using var call = host.Client.ClientStreaming();
        foreach (var text in (string[])["a", "b", "c"])
            await call.RequestStream.WriteAsync(new Ping { Text = text });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("a,b,c", (await call).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task ServerStreaming_Count_SendsSoManyInOrder(int count)
    {
        await using var host = await GrpcHost.StartAsync();

        using var call = host.Client.ServerStreaming(new Ping { Text = "n", Count = count });
        var texts = new List<string>();
        await foreach (var pong in call.ResponseStream.ReadAllAsync())
            texts.Add(pong.Text);

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"n{i}"), texts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_EachRequest_IsAnsweredBeforeTheNext()
    {
        await using var host = await GrpcHost.StartAsync();

        using var call = host.Client.Duplex();
        foreach (var text in (string[])["a", "b", "c"])
        {
            await call.RequestStream.WriteAsync(new Ping { Text = text });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(text, call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ServerStreaming_BufferHint_WaitsForTheEnd()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.ServerStreaming = async (_, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            await responses.WriteAsync(new Pong { Text = "1" });
            await responses.WriteAsync(new Pong { Text = "2" });
        };

        using var call = host.Client.ServerStreaming(new Ping());

        Assert.Equal(["1", "2"], await call.ResponseStream.ReadAllAsync().Select(pong => pong.Text).ToListAsync());
    }

    [Fact]
    public async Task ServerStreaming_TwoWritesAtATime_FailsTheSecond()
    {
        await using var host = await GrpcHost.StartAsync();
        Exception? second = null;
        host.Behavior.ServerStreaming = async (_, responses, _) =>
        {
            // More than the caller takes in before it reads, so that the first write is pending.
            var first = responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[30_000_000]) });
            second = await Record.ExceptionAsync(() => responses.WriteAsync(new Pong()));
            await first;
        };

        using var call = host.Client.ServerStreaming(new Ping());
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
        Assert.IsType<InvalidOperationException>(second);
    }

    [Fact]
    public async Task ServerStreaming_AWriteAfterTheEnd_Fails()
    {
        await using var host = await GrpcHost.StartAsync();
        IServerStreamWriter<Pong>? kept = null;
        host.Behavior.ServerStreaming = (_, responses, _) =>
        {
            kept = responses;
            return Task.CompletedTask;
        };

        using var call = host.Client.ServerStreaming(new Ping());
        Assert.False(await call.ResponseStream.MoveNext());

        await Assert.ThrowsAsync<InvalidOperationException>(() => kept!.WriteAsync(new Pong()));
    }
}
