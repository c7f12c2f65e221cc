using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>Streams on which something goes wrong after it went well.</summary>
public sealed class StreamFramesTests
{
    private const string DuplexPath = "/tests.v1.Shapes/Duplex";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    public static TheoryData<string, byte[], StatusCode> Broken => new()
    {
        { "flag 2", RawClient.Frame([], flag: 2), StatusCode.Internal },
        { "flag 1 without encoding", RawClient.Frame([], flag: 1), StatusCode.Internal },
        { "malformed protobuf", RawClient.Frame([0xFF]), StatusCode.Internal },
        { "header cut short", [0, 0], StatusCode.Internal },
        { "message cut short", Hello[..^1], StatusCode.Internal },
        { "too large", RawClient.Frame([], length: 4 * 1024 * 1024 + 1), StatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Duplex_BrokenMessageAfterAGoodOne_AnswersTheGoodOneThenFails(string what, byte[] broken, StatusCode expected)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync([.. Hello, .. broken], DuplexPath);

        Assert.True(answer.Shape == "HEADERS DATA HEADERS!", $"{what}: {answer.Shape}");
        Assert.Equal(expected, answer.Status);
        Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), answer.Body);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Duplex_NoMessage_IsServed()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync([], DuplexPath);

        Assert.Equal(("HEADERS!", StatusCode.OK), (answer.Shape, answer.Status));
    }

    [Fact]
    public async Task Duplex_MethodFailsWhileRequestsAreOpen_TheStatusComesThenTheCallerIsToldToStop()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Duplex = (_, _, _) => throw new RpcException(new Status(StatusCode.OutOfRange, "no"));
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync(DuplexPath);

        var answer = await peer.ReadAnswerAsync(call);
        var reset = await peer.ReadAsync(call);

        Assert.Equal(("HEADERS!", StatusCode.OutOfRange), (answer.Shape, answer.Status));
        Assert.Equal((Http2FrameType.RstStream, Http2ErrorCode.NoError), (reset!.Type, reset.ErrorCode));
    }

    [Fact]
    public async Task Stop_AWriteIsPending_TheStreamEndsUnavailableWhenTheCallerReads()
    {
        await using var host = await GrpcHost.StartAsync();
        var writing = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            // A token of the method's own that follows the call's, as methods with a time-out of their own have.
            using var own = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var write = responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[1_000_000]) }, own.Token);
            writing.SetResult();
            ended.SetResult(await Record.ExceptionAsync(() => write));
            await write;
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address, window: 100);
        var call = await peer.CallAsync("/tests.v1.Shapes/ServerStreaming");
        await peer.SendDataAsync(call, Hello, end: true);
        await writing.Task.WaitAsync(Long);

        var stopped = host.App.StopAsync();
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await peer.SendWindowAsync(0, 2_000_000);
        await peer.SendWindowAsync(call, 2_000_000);
        var answer = await peer.ReadAnswerAsync(call);

        Assert.Equal(("HEADERS DATA HEADERS!", StatusCode.Unavailable), (answer.Shape, answer.Status));
        Assert.Single(RawClient.Messages(answer.Body));
        await peer.DisposeAsync();
        await stopped.WaitAsync(Long);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task ServerStreaming_MethodLeavesAWriteAlone_TheMessageIsWholeBeforeTheTrailers()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.ServerStreaming = (_, responses, _) =>
        {
            _ = responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[1_000_000]) });
            return Task.CompletedTask;
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address, window: 100);
        var call = await peer.CallAsync("/tests.v1.Shapes/ServerStreaming");
        await peer.SendDataAsync(call, Hello, end: true);
        Assert.Equal(Http2FrameType.Headers, (await peer.ReadAsync(call))!.Type);

        await peer.SendWindowAsync(0, 2_000_000);
        await peer.SendWindowAsync(call, 2_000_000);
        var rest = await peer.ReadAnswerAsync(call);

        Assert.Equal("DATA HEADERS!", rest.Shape);
        Assert.Equal(1_000_000, Pong.Parser.ParseFrom(RawClient.Messages(rest.Body).Single().Payload).Data.Length);
    }
}
