using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>All the ways in which one and the same request may come, and in which its caller may leave.</summary>
public sealed class RequestFramesTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Data_ByteByByteBetweenThoseOfAnotherCall_IsOneMessageEach()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var (first, second) = (await peer.CallAsync(), await peer.CallAsync());

        foreach (var octet in Hello)
        {
            await peer.SendDataAsync(first, [octet]);
            await peer.SendDataAsync(second, [octet]);
        }

        await peer.SendDataAsync(second, [], end: true);
        await peer.SendDataAsync(first, [], end: true);

        foreach (var call in (int[])[first, second])
            Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), (await peer.ReadAnswerAsync(call)).Body);
    }

    [Fact]
    public async Task Data_Padded_ThePaddingIsNoPartOfIt()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync();

        await peer.SendAsync(Http2FrameType.Data, Http2Flags.Padded | Http2Flags.EndStream, call, [3, .. Hello, 0, 0, 0]);

        Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), (await peer.ReadAnswerAsync(call)).Body);
    }

    [Fact]
    public async Task Headers_InThreeFramesWithPriority_AreOneRequest()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var block = HeaderBlock.Encode(peer.RequestHeaders(RawClient.UnaryPath));

        await peer.SendAsync(Http2FrameType.Headers, Http2Flags.Priority, 1, [0, 0, 0, 0, 16, .. block[..1]]);
        await peer.SendAsync(Http2FrameType.Continuation, Http2Flags.None, 1, block[1..^1]);
        await peer.SendAsync(Http2FrameType.Continuation, Http2Flags.EndHeaders, 1, block[^1..]);
        await peer.SendDataAsync(1, Hello, end: true);

        Assert.Equal(StatusCode.OK, (await peer.ReadAnswerAsync(1)).Status);
    }

    [Fact]
    public async Task Trailers_OfTheCaller_EndTheRequest()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync();

        await peer.SendDataAsync(call, Hello);
        await peer.SendHeadersAsync(call, [("x-tail", "t")], end: true);

        Assert.Equal(StatusCode.OK, (await peer.ReadAnswerAsync(call)).Status);
    }

    [Fact]
    public async Task Headers_WithNamesThatNoMetadataHas_AreLeftOut()
    {
        await using var host = await GrpcHost.StartAsync();
        Metadata? seen = null;
        host.Behavior.Unary = (_, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(new Pong());
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello, headers: [("x!y", "1"), ("x#-bin", "*"), ("x-y", "2"), ("x-y", "3")]);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(["2", "3"], seen!.Where(entry => entry.Key.StartsWith('x')).Select(entry => entry.Value));
    }

    [Fact]
    public async Task Headers_BinaryOnSeveralLines_AreAsManyEntries()
    {
        await using var host = await GrpcHost.StartAsync();
        byte[][] seen = [];
        host.Behavior.Unary = (_, context) =>
        {
            seen = [.. context.RequestHeaders.GetAll("x-bin").Select(entry => entry.ValueBytes)];
            return Task.FromResult(new Pong());
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello, headers: [("x-bin", "AQ=="), ("x-bin", "Ag"), ("x-bin", "Aw==,BA")]);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal([[1], [2], [3], [4]], seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("1 S")]
    [InlineData("1.5S")]
    [InlineData("-1S")]
    [InlineData("0x1S")]
    [InlineData("123456789n")]
    [InlineData("1S", "1S")]
    public async Task Timeout_Malformed_Is400AndInternalAndTheMethodIsNotRun(params string[] values)
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => throw new InvalidOperationException("It ran.");
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello, headers: [.. values.Select(value => ("grpc-timeout", value))]);

        Assert.Equal("HEADERS!", answer.Shape);
        Assert.Equal(("400", StatusCode.Internal), (answer.HttpStatus, answer.Status));
        Assert.Empty(host.Logs.At(LogLevel.Error));
    }

    [Theory]
    [InlineData("2H", 7200)]
    [InlineData("2M", 120)]
    [InlineData("99999999S", 99_999_999)]
    [InlineData("90000m", 90)]
    [InlineData("90000000u", 90)]
    public async Task Timeout_OfAnyUnit_IsTheDeadlineOfTheMethod(string value, int seconds)
    {
        await using var host = await GrpcHost.StartAsync();
        DateTime? deadline = null;
        host.Behavior.Unary = (_, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(new Pong());
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;

        var answer = await peer.PostAsync(Hello, headers: ("grpc-timeout", value));

        Assert.Equal(StatusCode.OK, answer.Status);
        if (seconds > 49 * 86_400)
            Assert.Equal(DateTime.MaxValue, deadline);
        else
            Assert.InRange(deadline!.Value, before.AddSeconds(seconds), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task Method_OtherThanPost_Is405WithAllow(string method)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var headers = peer.RequestHeaders(RawClient.UnaryPath);
        headers[0] = (":method", method);

        var answer = await peer.ReadAnswerAsync(await peer.CallAsync(headers, end: true));

        Assert.Equal("HEADERS!", answer.Shape);
        Assert.Equal(("405", "POST"), (answer.HttpStatus, answer.Value("allow")));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc+thrift")]
    [InlineData("")]
    [InlineData(null)]
    public async Task ContentType_Another_Is415ThatTellsAGrpcClientWhy(string? contentType)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var headers = peer.RequestHeaders(RawClient.UnaryPath);
        headers.RemoveAll(header => header.Name == "content-type");
        if (contentType is not null)
            headers.Add(("content-type", contentType));

        var call = await peer.CallAsync(headers);
        await peer.SendDataAsync(call, Hello, end: true);
        var answer = await peer.ReadAnswerAsync(call);

        Assert.Equal("HEADERS!", answer.Shape);
        Assert.Equal(("415", StatusCode.Internal), (answer.HttpStatus, answer.Status));
    }

    public static TheoryData<string> Departures => new("reset", "goaway and close", "close");

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task CallerLeaves_TheMethodIsCancelledAndNothingIsLogged(string how)
    {
        await using var host = await GrpcHost.StartAsync();
        var entered = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        host.Behavior.Unary = async (_, context) =>
        {
            entered.SetResult();
            ended.SetResult(await Record.ExceptionAsync(() => Task.Delay(Timeout.Infinite, context.CancellationToken)));
            context.CancellationToken.ThrowIfCancellationRequested();
            return new Pong();
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync();
        await peer.SendDataAsync(call, Hello, end: true);
        await entered.Task.WaitAsync(Long);

        if (how == "reset")
            await peer.SendResetAsync(call, Http2ErrorCode.Cancel);
        else if (how == "goaway and close")
            await peer.SendAsync(Http2FrameType.GoAway, Http2Flags.None, 0, new byte[8]);
        if (how != "reset")
            await peer.DisposeAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task CallerLeaves_OtherCallsOfItsConnectionGoOn()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var left = await peer.CallAsync("/tests.v1.Shapes/Duplex");
        var kept = await peer.CallAsync("/tests.v1.Shapes/Duplex");

        await peer.SendResetAsync(left, Http2ErrorCode.Cancel);
        await peer.SendDataAsync(kept, RawClient.Frame(new Ping { Text = "on" }), end: true);

        var answer = await peer.ReadAnswerAsync(kept);
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(RawClient.Frame(new Pong { Text = "on" }), answer.Body);
    }

    [Fact]
    public async Task SlowReader_WindowOfAFewBytes_GetsAllInTheEnd()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address, window: 10);
        var ping = new Ping { Data = ByteString.CopyFrom(new byte[1000]) };
        var call = await peer.CallAsync();
        await peer.SendDataAsync(call, RawClient.Frame(ping), end: true);
        Assert.Equal(Http2FrameType.Headers, (await peer.ReadAsync(call))!.Type);

        var received = new List<byte>();
        var frame = await peer.ReadAsync(call);
        for (; frame!.Type == Http2FrameType.Data; frame = await peer.ReadAsync(call))
        {
            received.AddRange(frame.Payload);
            Assert.InRange(frame.Payload.Length, 0, 100);
            await peer.SendWindowAsync(call, 100);
        }

        Assert.True(frame.EndsStream);
        Assert.Equal(RawClient.Frame(new Pong { Data = ping.Data }), received);
    }
}
