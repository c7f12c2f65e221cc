using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>What comes back, frame by frame: client libraries hide where a stream ends and what ends it.</summary>
public sealed class AnswerFramesTests
{
    private const string TrailersOnly = "HEADERS!";

    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Unary_Success_IsHeadersDataTrailersAndNoStatusInTheHeaders()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello);

        Assert.Equal("HEADERS DATA HEADERS!", answer.Shape);
        Assert.Equal([":status", "content-type", "date", "server"], answer.Headers.Select(header => header.Name).Order(StringComparer.Ordinal));
        Assert.Equal("200", answer.HttpStatus);
        Assert.Equal("application/grpc", answer.Value("content-type"));
        Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), answer.Body);
        Assert.Equal([("grpc-status", "0")], answer.Trailers);
    }

    public static TheoryData<string, string, byte[], (string, string)[], StatusCode> Refused => new()
    {
        { "unknown method", "/tests.v1.Shapes/Nothing", Hello, [], StatusCode.Unimplemented },
        { "unknown service", "/tests.v1.Nothing/Unary", Hello, [], StatusCode.Unimplemented },
        { "wrong case", "/tests.v1.shapes/Unary", Hello, [], StatusCode.Unimplemented },
        { "slash at the end", RawClient.UnaryPath + "/", Hello, [], StatusCode.Unimplemented },
        { "no path", "/", Hello, [], StatusCode.Unimplemented },
        { "unknown encoding", RawClient.UnaryPath, Hello, [("grpc-encoding", "br")], StatusCode.Unimplemented },
        { "no time", RawClient.UnaryPath, Hello, [("grpc-timeout", "0S")], StatusCode.DeadlineExceeded },
        { "no message", RawClient.UnaryPath, [], [], StatusCode.Internal },
        { "header cut short", RawClient.UnaryPath, [0, 0], [], StatusCode.Internal },
        { "message cut short", RawClient.UnaryPath, Hello[..^1], [], StatusCode.Internal },
        { "two messages", RawClient.UnaryPath, [.. Hello, .. Hello], [], StatusCode.Internal },
        { "flag 2", RawClient.UnaryPath, RawClient.Frame([], flag: 2), [], StatusCode.Internal },
        { "flag 255", RawClient.UnaryPath, RawClient.Frame([], flag: 255), [], StatusCode.Internal },
        { "flag 1 without encoding", RawClient.UnaryPath, RawClient.Frame([], flag: 1), [], StatusCode.Internal },
        { "malformed protobuf", RawClient.UnaryPath, RawClient.Frame([0xFF]), [], StatusCode.Internal },
        { "corrupt gzip", RawClient.UnaryPath, RawClient.Frame([1, 2, 3], flag: 1), [("grpc-encoding", "gzip")], StatusCode.Internal },
        { "two messages for a stream", "/tests.v1.Shapes/ServerStreaming", [.. Hello, .. Hello], [], StatusCode.Internal },
        { "no message for a stream", "/tests.v1.Shapes/ServerStreaming", [], [], StatusCode.Internal },
        { "message cut short on a stream", "/tests.v1.Shapes/ClientStreaming", Hello[..^1], [], StatusCode.Internal },
        { "bad base64", RawClient.UnaryPath, Hello, [("x-bin", "*")], StatusCode.Internal },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Unary_Refused_IsOneFrameOfHeaders(string what, string path, byte[] body, (string, string)[] headers, StatusCode expected)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(body, path, headers);
        var next = await peer.PostAsync(Hello);

        Assert.True(answer.Shape == TrailersOnly, $"{what}: {answer.Shape}");
        Assert.Equal(("200", "application/grpc", expected), (answer.HttpStatus, answer.Value("content-type"), answer.Status));
        Assert.Equal(StatusCode.OK, next.Status);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_MethodFails_IsOneFrameOfHeaders(bool foreseen)
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => throw (foreseen ? new RpcException(new Status(StatusCode.NotFound, "none")) : new InvalidOperationException());
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello);

        Assert.Equal(TrailersOnly, answer.Shape);
        Assert.Equal(foreseen ? StatusCode.NotFound : StatusCode.Unknown, answer.Status);
    }

    [Fact]
    public async Task Unary_FailsAfterItsHeaders_IsTwoFramesOfHeaders()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-head", "h" } });
            throw new RpcException(new Status(StatusCode.Aborted, "late"));
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello);

        Assert.Equal("HEADERS HEADERS!", answer.Shape);
        Assert.Contains(("x-head", "h"), answer.Headers);
        Assert.Equal([("grpc-message", "late"), ("grpc-status", "10")], answer.Trailers.Order());
    }

    [Fact]
    public async Task ServerStreaming_NoResponse_IsOneFrameOfHeaders()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(RawClient.Frame(new Ping()), "/tests.v1.Shapes/ServerStreaming");

        Assert.Equal(TrailersOnly, answer.Shape);
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Duplex_HeadersAndMessages_LeaveAtOnceAndTheTrailersEndTheStream()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync("/tests.v1.Shapes/Duplex");

        foreach (var text in (string[])["a", "b"])
        {
            await peer.SendDataAsync(call, RawClient.Frame(new Ping { Text = text }));
            if (text == "a")
                Assert.Equal(Http2FrameType.Headers, (await peer.ReadAsync(call))!.Type);
            var data = await peer.ReadAsync(call);
            Assert.Equal((Http2FrameType.Data, false), (data!.Type, data.EndsStream));
            Assert.Equal(RawClient.Frame(new Pong { Text = text }), data.Payload);
        }

        await peer.SendDataAsync(call, [], end: true);
        Assert.Equal(TrailersOnly, (await peer.ReadAnswerAsync(call)).Shape);
    }

    [Fact]
    public async Task WriteResponseHeaders_MethodGoesOn_TheHeadersAreThereBefore()
    {
        await using var host = await GrpcHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Behavior.Unary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await release.Task;
            return new Pong();
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync();
        await peer.SendDataAsync(call, Hello, end: true);

        Assert.Equal(Http2FrameType.Headers, (await peer.ReadAsync(call))!.Type);
        release.SetResult();
        Assert.Equal("DATA HEADERS!", (await peer.ReadAnswerAsync(call)).Shape);
    }

    [Fact]
    public async Task ClientStreaming_MethodReturnsEarly_TheCallerIsToldToStopSending()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.ClientStreaming = (_, _) => Task.FromResult(new Pong { Text = "enough" });
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync("/tests.v1.Shapes/ClientStreaming");

        var answer = await peer.ReadAnswerAsync(call);
        var reset = await peer.ReadAsync(call);

        Assert.Equal("HEADERS DATA HEADERS!", answer.Shape);
        Assert.Equal((Http2FrameType.RstStream, Http2ErrorCode.NoError), (reset!.Type, reset.ErrorCode));
        Assert.Equal(StatusCode.OK, (await peer.PostAsync(Hello)).Status);
    }

    [Theory]
    [InlineData(4 * 1024 * 1024 + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    public async Task Post_OnlyTheHeaderOfATooLargeMessage_IsResourceExhaustedAtOnce(uint length)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync();

        await peer.SendDataAsync(call, RawClient.Frame([], length: length));
        var answer = await peer.ReadAnswerAsync(call);

        Assert.Equal(TrailersOnly, answer.Shape);
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Fact]
    public async Task Post_ContentLengthBeyondHttpsOwnLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var call = await peer.CallAsync(headers: ("content-length", "50000005"));

        await peer.SendDataAsync(call, RawClient.Frame([], length: 50_000_000));

        Assert.Equal(StatusCode.ResourceExhausted, (await peer.ReadAnswerAsync(call)).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tests.v1.Shapes/%C3%A4")]
    public async Task Post_LongUnknownPath_IsUnimplementedWithABoundedText(string start)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello, start + new string('x', 7000));

        Assert.Equal(TrailersOnly, answer.Shape);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.InRange(answer.Message!.Length, 1, 4096);
    }

    [Theory]
    [InlineData("😀")]
    [InlineData("x")]
    public async Task Unary_LongMessage_IsCutBetweenCharacters(string character)
    {
        await using var host = await GrpcHost.StartAsync();
        var message = "a" + string.Concat(Enumerable.Repeat(character, 10_000));
        host.Behavior.Unary = (_, _) => throw new RpcException(new Status(StatusCode.Aborted, message));
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await peer.PostAsync(Hello);

        Assert.InRange(answer.Message!.Length, 4096 - 12, 4096);
        Assert.StartsWith(Uri.UnescapeDataString(answer.Message), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerStreaming_PerMessageCompression_IsInEachFlag()
    {
        await using var host = await GrpcHost.StartAsync(options => options.ResponseCompressionAlgorithm = null);
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
            foreach (var flags in (WriteFlags[])[default, WriteFlags.NoCompress])
            {
                responses.WriteOptions = new WriteOptions(flags);
                await responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[10_000]) });
            }
        };
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var accepting = await peer.PostAsync(Hello, "/tests.v1.Shapes/ServerStreaming", ("grpc-accept-encoding", "identity,gzip"));
        var another = await peer.PostAsync(Hello, "/tests.v1.Shapes/ServerStreaming");

        Assert.Equal([true, false], RawClient.Messages(accepting.Body).Select(message => message.Compressed));
        Assert.Equal("gzip", accepting.Value("grpc-encoding"));
        Assert.Equal([false, false], RawClient.Messages(another.Body).Select(message => message.Compressed));
        Assert.Null(another.Value("grpc-encoding"));
        Assert.Null(accepting.Value("grpc-internal-encoding-request"));
    }
}
