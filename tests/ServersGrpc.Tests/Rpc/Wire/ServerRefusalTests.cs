using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>What the HTTP server refuses before a call is a call: the stream or the connection ends, and nobody else is disturbed.</summary>
public sealed class ServerRefusalTests
{
    // What fits into a frame that every server takes.
    private const int FrameSize = 16_000;
    private const int StreamsOfAConnection = 100;

    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Theory]
    [InlineData(150, 1)]
    [InlineData(4, 10_000)]
    public async Task Headers_TooManyOrTooLarge_Are431AndTheConnectionGoesOn(int count, int size)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var headers = Enumerable.Range(0, count).Select(i => ($"x-{i}", new string('a', size)));

        var answer = await SendAsync(peer, 1, peer.RequestHeaders(RawClient.UnaryPath, [.. headers]));
        var next = await SendAsync(peer, 3, peer.RequestHeaders(RawClient.UnaryPath));

        Assert.Equal(("HEADERS!", "431"), (answer.Shape, answer.HttpStatus));
        Assert.Equal(StatusCode.OK, next.Status);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData(":path", "x")]
    [InlineData(":path", "/a%00b")]
    [InlineData(":path", null)]
    [InlineData(":method", "")]
    [InlineData(":scheme", "https")]
    [InlineData(":authority", "a b")]
    [InlineData("content-length", "3")]
    public async Task Request_Malformed_IsResetAndTheConnectionGoesOn(string name, string? value)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);

        var answer = await SendAsync(peer, 1, Changed(peer, name, value));
        var next = await SendAsync(peer, 3, peer.RequestHeaders(RawClient.UnaryPath));

        Assert.Equal("RST_STREAM(ProtocolError)", answer.Shape);
        Assert.Equal(StatusCode.OK, next.Status);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("X-Upper", "1")]
    [InlineData("connection", "close")]
    [InlineData("te", "gzip")]
    [InlineData("content-length", "x")]
    [InlineData("x-break", "a\r\nb")]
    public async Task Headers_ThatHttp2Forbids_EndTheConnectionAndNoOther(string name, string value)
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        await using var other = await Http2Peer.ConnectAsync(host.Address);

        await peer.CallAsync(Changed(peer, name, value));
        var goAway = await peer.ReadAsync(Http2FrameType.GoAway);

        Assert.Equal(Http2ErrorCode.ProtocolError, goAway!.ErrorCode);
        Assert.Null(await peer.ReadAsync(0));
        Assert.Equal(StatusCode.OK, (await other.PostAsync(Hello)).Status);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Streams_OneTooManyAtATime_IsRefusedSoThatItCanBeTriedAgain()
    {
        await using var host = await GrpcHost.StartAsync();
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        var calls = new List<int>();
        for (var i = 0; i < StreamsOfAConnection; i++)
            calls.Add(await peer.CallAsync("/tests.v1.Shapes/Duplex"));

        var refused = await peer.ReadAnswerAsync(await peer.CallAsync("/tests.v1.Shapes/Duplex"));
        await peer.SendDataAsync(calls[0], [], end: true);
        var finished = await peer.ReadAnswerAsync(calls[0]);
        var next = await peer.PostAsync(Hello);

        Assert.Equal("RST_STREAM(RefusedStream)", refused.Shape);
        Assert.Equal(StatusCode.OK, finished.Status);
        Assert.Equal(StatusCode.OK, next.Status);
    }

    /// <summary>The headers of a call, with one that is another, is gone, or is one more.</summary>
    private static List<(string Name, string Value)> Changed(Http2Peer peer, string name, string? value)
    {
        var headers = peer.RequestHeaders(RawClient.UnaryPath);
        var at = headers.FindIndex(header => header.Name == name);
        if (at >= 0)
            headers.RemoveAt(at);
        // Pseudo headers come first.
        if (value is not null)
            headers.Insert(at >= 0 ? at : headers.Count, (name, value));
        return headers;
    }

    private static async Task<Http2Answer> SendAsync(Http2Peer peer, int streamId, List<(string Name, string Value)> headers)
    {
        var parts = HeaderBlock.Encode(headers).Chunk(FrameSize).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var type = i == 0 ? Http2FrameType.Headers : Http2FrameType.Continuation;
            await peer.SendAsync(type, i == parts.Count - 1 ? Http2Flags.EndHeaders : Http2Flags.None, streamId, parts[i]);
        }

        await peer.SendDataAsync(streamId, Hello, end: true);
        return await peer.ReadAnswerAsync(streamId);
    }
}
