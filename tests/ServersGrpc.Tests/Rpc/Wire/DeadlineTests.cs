using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>The caller has its answer at its deadline, whatever the method does.</summary>
public sealed class DeadlineTests
{
    private const string StreamPath = "/tests.v1.Shapes/ServerStreaming";

    // As the caller says it: over when the clock is told to go on.
    private static readonly (string Key, string Value) Deadline = ("grpc-timeout", "1S");

    private static readonly StatusCode[] Either = [StatusCode.OK, StatusCode.DeadlineExceeded];
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Unary_MethodIgnoresItsToken_TheAnswerDoesNotWaitForIt()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var ended = new TaskCompletionSource<bool>();
        host.Behavior.Unary = async (_, context) =>
        {
            entered.SetResult();
            await release.Task;
            ended.TrySetResult(context.CancellationToken.IsCancellationRequested);
            return new Pong();
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answering = peer.PostAsync(Hello, headers: Deadline);
        await entered.Task.WaitAsync(Long);
        time.Advance(TimeSpan.FromSeconds(1));
        var answer = await answering;
        Assert.False(ended.Task.IsCompleted);
        host.Behavior.Unary = (_, _) => Task.FromResult(new Pong());
        release.SetResult();

        Assert.Equal("HEADERS!", answer.Shape);
        Assert.Equal((StatusCode.DeadlineExceeded, "Deadline Exceeded"), (answer.Status, answer.Message));
        Assert.True(await ended.Task.WaitAsync(Long));
        Assert.Equal(StatusCode.OK, (await peer.PostAsync(Hello)).Status);
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Unary_HeaderOfTheAnswer_IsSetUnlessTheDeadlineEndedTheCall()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var late = new TaskCompletionSource<bool>();
        host.Behavior.Unary = async (_, context) =>
        {
            Assert.True(context.TrySetResponseHeader("x-early", "1"));
            entered.TrySetResult();
            await release.Task;
            late.TrySetResult(context.TrySetResponseHeader("x-late", "1"));
            return new Pong();
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answering = peer.PostAsync(Hello, headers: Deadline);
        await entered.Task.WaitAsync(Long);
        time.Advance(TimeSpan.FromSeconds(1));
        var cutOff = await answering;
        release.SetResult();

        Assert.False(await late.Task.WaitAsync(Long));
        Assert.Equal(("1", null), (cutOff.Value("x-early"), cutOff.Value("x-late")));
        var whole = await peer.PostAsync(Hello);
        Assert.Equal(("1", "1"), (whole.Value("x-early"), whole.Value("x-late")));
    }

    [Fact]
    public async Task Unary_MethodBlocksWhereItIsCancelled_TheAnswerDoesNotWaitForIt()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var entered = new TaskCompletionSource();
        using var release = new ManualResetEventSlim();
        host.Behavior.Unary = async (_, context) =>
        {
            // What was registered last is told first.
            var waiting = Task.Delay(Timeout.Infinite, context.CancellationToken);
            await using var registration = context.CancellationToken.Register(() => release.Wait(Long));
            entered.SetResult();
            await waiting;
            return new Pong();
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answering = peer.PostAsync(Hello, headers: Deadline);
        await entered.Task.WaitAsync(Long);
        var passing = Task.Run(() => time.Advance(TimeSpan.FromSeconds(1)));
        var answer = await answering;
        var blocked = !passing.IsCompleted;
        release.Set();
        await passing;

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.True(blocked);
    }

    [Fact]
    public async Task ServerStreaming_MethodGoesOnWriting_TheStreamEndsWholeAndItsWritesFail()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception>();
        host.Behavior.ServerStreaming = async (_, responses, _) =>
        {
            try
            {
                while (true)
                {
                    await responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[5000]) });
                    started.TrySetResult();
                }
            }
            catch (Exception fault)
            {
                ended.SetResult(fault);
                throw;
            }
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answering = peer.PostAsync(Hello, StreamPath, Deadline);
        await started.Task.WaitAsync(Long);
        time.Advance(TimeSpan.FromSeconds(1));
        var answer = await answering;

        Assert.Equal("HEADERS DATA HEADERS!", answer.Shape);
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.All(RawClient.Messages(answer.Body), message => Assert.Equal(5003, message.Payload.Length));
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task ServerStreaming_AWritePendingAtTheDeadline_EndsWithTheStatusWhenTheCallerReads()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var pending = new TaskCompletionSource<bool>();
        var ended = new TaskCompletionSource<Exception?>();
        host.Behavior.ServerStreaming = async (_, responses, _) =>
        {
            var writing = responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[1_000_000]) });
            pending.SetResult(!writing.IsCompleted);
            ended.SetResult(await Record.ExceptionAsync(() => writing));
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address, window: 100);
        var call = await peer.CallAsync(StreamPath, headers: Deadline);
        await peer.SendDataAsync(call, Hello, end: true);
        Assert.True(await pending.Task.WaitAsync(Long));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await peer.SendWindowAsync(0, 2_000_000);
        await peer.SendWindowAsync(call, 2_000_000);
        var answer = await peer.ReadAnswerAsync(call);

        Assert.Equal("HEADERS DATA HEADERS!", answer.Shape);
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.Single(RawClient.Messages(answer.Body));
    }

    [Fact]
    public async Task Duplex_RequestsStillOpen_TheCallerIsAnsweredAndThenToldToStopSending()
    {
        await using var host = await GrpcHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Behavior.Duplex = (_, _, _) => release.Task;
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync("/tests.v1.Shapes/Duplex", headers: ("grpc-timeout", "50m"));

        var answer = await peer.ReadAnswerAsync(call);
        var other = await peer.PostAsync(Hello);
        release.SetResult();
        var reset = await peer.ReadAsync(call);

        Assert.Equal(("HEADERS!", StatusCode.DeadlineExceeded), (answer.Shape, answer.Status));
        Assert.Equal((Http2FrameType.RstStream, Http2ErrorCode.NoError), (reset!.Type, reset.ErrorCode));
        Assert.Equal(StatusCode.OK, other.Status);
    }

    [Fact]
    public async Task Unary_MessageCutShortUntilTheDeadline_IsDeadlineExceeded()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync(headers: ("grpc-timeout", "50m"));

        await peer.SendDataAsync(call, Hello[..^1]);

        Assert.Equal(StatusCode.DeadlineExceeded, (await peer.ReadAnswerAsync(call)).Status);
    }

    [Fact]
    public async Task Unary_ManyDeadlinesAgainstManyAnswers_EachCallEndsOnceAsOneOfBoth()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = async (request, _) =>
        {
            // Done about when the deadline passes, now before it and now after.
            await Task.Delay(request.Count);
            return new Pong { Text = request.Text };
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var calls = new List<int>();
        for (var i = 0; i < 90; i++)
        {
            calls.Add(await peer.CallAsync(headers: ("grpc-timeout", "20m")));
            await peer.SendDataAsync(calls[^1], RawClient.Frame(new Ping { Text = "x", Count = 10 + (i % 20) }), end: true);
        }

        foreach (var call in calls)
        {
            var answer = await peer.ReadAnswerAsync(call);
            // A response that was written, but not yet sent, comes along with the deadline's status.
            Assert.Contains(answer.Shape, (string[])["HEADERS DATA HEADERS!", "HEADERS!"]);
            Assert.Contains(answer.Status, answer.Body.Length > 0 ? Either : [StatusCode.DeadlineExceeded]);
        }

        Assert.Equal(StatusCode.OK, (await peer.PostAsync(Hello)).Status);
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    private static Task<GrpcHost> StartAsync(ManualTime time) =>
        GrpcHost.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
}
