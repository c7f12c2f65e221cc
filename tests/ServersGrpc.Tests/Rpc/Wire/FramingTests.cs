using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>Bodies that are not as they should be, and limits.</summary>
public sealed class FramingTests
{
    private static readonly byte[] Hello = new Ping { Text = "hello" }.ToByteArray();

    public static TheoryData<string, byte[], string?> Broken => new()
    {
        { "no message", [], null },
        { "a header cut short", [0, 0, 0], null },
        { "a message cut short", RawClient.Frame(Hello, length: 100), null },
        { "two messages", [.. RawClient.Frame(Hello), .. RawClient.Frame(Hello)], null },
        { "a message and a half", [.. RawClient.Frame(Hello), 0, 0], null },
        { "flag 2", RawClient.Frame(Hello, flag: 2), null },
        { "compressed without an encoding", RawClient.Frame(Gzip(Hello), flag: 1), null },
        { "compressed with identity", RawClient.Frame(Gzip(Hello), flag: 1), "identity" },
        { "no protobuf", RawClient.Frame([0xFF, 0xFF, 0xFF]), null },
        { "no gzip", RawClient.Frame([1, 2, 3, 4], flag: 1), "gzip" },
        { "gzip cut short", RawClient.Frame(Gzip(Hello)[..^12], flag: 1), "gzip" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Post_BrokenBody_IsInternal(string what, byte[] body, string? encoding)
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(body, headers: encoding is null ? [] : [("grpc-encoding", encoding)]);

        Assert.True(answer.Status == StatusCode.Internal, $"{what}: {answer.Status} {answer.Message}");
        Assert.True(answer.IsTrailersOnly);
        Assert.Empty(host.Logs.At(LogLevel.Error));
        Assert.Equal("after", (await host.Client.UnaryAsync(new Ping { Text = "after" })).Text);
    }

    [Fact]
    public async Task Post_GzipMessage_IsRead()
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(RawClient.Frame(Gzip(Hello), flag: 1), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(RawClient.Frame(new Pong { Text = "hello" }), answer.Body);
    }

    [Fact]
    public async Task Post_DeclaredBeyondTheLimit_IsResourceExhaustedBeforeItCame()
    {
        await using var host = await GrpcHost.StartAsync();

        var answer = await host.Raw.PostAsync(RawClient.Frame(Hello, length: uint.MaxValue));

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Theory]
    [InlineData(0, StatusCode.OK)]
    [InlineData(1, StatusCode.ResourceExhausted)]
    public async Task Post_AtAndBeyondTheLimit_OnlyTheFormerIsServed(int beyond, StatusCode expected)
    {
        await using var host = await GrpcHost.StartAsync(options => options.MaxReceiveMessageSize = 1000);
        var ping = new Ping { Data = ByteString.CopyFrom(new byte[1000 - 3 + beyond]) };
        Assert.Equal(1000 + beyond, ping.CalculateSize());

        Assert.Equal(expected, (await host.Raw.PostAsync(RawClient.Frame(ping))).Status);
        Assert.Equal(
            expected,
            (await host.Raw.PostAsync(RawClient.Frame(Gzip(ping.ToByteArray()), flag: 1), headers: ("grpc-encoding", "gzip"))).Status);
    }

    [Fact]
    public async Task Post_InflatesBeyondTheLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync();
        var bomb = Gzip(new byte[100_000_000]);

        var answer = await host.Raw.PostAsync(RawClient.Frame(bomb, flag: 1), headers: ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Fact]
    public async Task Unary_ResponseBeyondTheLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync(options => options.MaxSendMessageSize = 10);

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping { Text = "more than ten" }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
    }

    [Theory]
    [InlineData("gzip", 100_000, true)]
    [InlineData("identity, gzip", 100_000, true)]
    [InlineData("identity", 100_000, false)]
    [InlineData(null, 100_000, false)]
    [InlineData("gzip", 100, false)]
    public async Task Post_AcceptedEncodings_DecideWhetherTheResponseIsCompressed(string? accepted, int size, bool compressed)
    {
        await using var host = await GrpcHost.StartAsync();
        var ping = new Ping { Data = ByteString.CopyFrom(new byte[size]) };

        var answer = await host.Raw.PostAsync(RawClient.Frame(ping), headers: accepted is null ? [] : [("grpc-accept-encoding", accepted)]);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(compressed ? 1 : 0, answer.Body[0]);
        if (compressed)
            Assert.Equal("gzip", answer.Value("grpc-encoding"));
        var payload = compressed ? Gunzip(answer.Body[5..]) : answer.Body[5..];
        Assert.Equal(ping.Data, Pong.Parser.ParseFrom(payload).Data);
    }

    [Fact]
    public async Task Post_ResponseThatDoesNotShrink_IsNotCompressed()
    {
        await using var host = await GrpcHost.StartAsync();
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        var ping = new Ping { Data = ByteString.CopyFrom(noise) };

        var answer = await host.Raw.PostAsync(RawClient.Frame(ping), headers: ("grpc-accept-encoding", "gzip"));

        Assert.Equal(RawClient.Frame(new Pong { Data = ping.Data }), answer.Body);
    }

    [Fact]
    public async Task Unary_NoCompress_IsNotCompressed()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, context) =>
        {
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            return Task.FromResult(new Pong { Data = ByteString.CopyFrom(new byte[100_000]) });
        };

        var answer = await host.Raw.PostAsync(RawClient.Frame(Hello), headers: ("grpc-accept-encoding", "gzip"));

        Assert.Equal(0, answer.Body[0]);
    }

    private static byte[] Gzip(byte[] payload)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(payload);
        return compressed.ToArray();
    }

    private static byte[] Gunzip(byte[] payload)
    {
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress);
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }
}
