using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using ServersGrpc.InteropServer;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Rpc.Wire;

namespace ServersGrpc.Tests.Rpc.Interop;

/// <summary>The compression cases of gRPC's public interoperability tests, by bytes: client libraries don't show the flags, or can't set them.</summary>
public sealed class CompressionTests : IAsyncLifetime
{
    private static readonly (string, string) Gzip = ("grpc-encoding", "gzip");
    private static readonly (string, string) AcceptGzip = ("grpc-accept-encoding", "identity,deflate,gzip");

    private readonly WebApplication _app = InteropApplication.Build("--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning");
    private Http2Peer _peer = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _peer = await Http2Peer.ConnectAsync(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(true, false, false, StatusCode.InvalidArgument)]
    [InlineData(true, true, false, StatusCode.InvalidArgument)]
    [InlineData(true, true, true, StatusCode.OK)]
    [InlineData(false, false, false, StatusCode.OK)]
    [InlineData(false, true, false, StatusCode.OK)]
    [InlineData(false, true, true, StatusCode.InvalidArgument)]
    public async Task ClientCompressedUnary_FlagAgainstWhatIsExpected_IsInvalidArgument(bool expected, bool encoding, bool flag, StatusCode status)
    {
        var request = new SimpleRequest
        {
            ExpectCompressed = new BoolValue { Value = expected },
            ResponseSize = 314159,
            Payload = Zeros(271828),
        };

        var answer = await PostAsync("UnaryCall", Frame(request, flag), encoding ? [Gzip] : []);

        Assert.Equal(status, answer.Status);
        if (status == StatusCode.OK)
            Assert.Equal(314159, SimpleResponse.Parser.ParseFrom(RawClient.Messages(answer.Body).Single().Payload).Payload.Body.Length);
    }

    [Fact]
    public async Task ClientCompressedStreaming_CompressedThenNot_IsSummed()
    {
        var compressed = new StreamingInputCallRequest { ExpectCompressed = new BoolValue { Value = true }, Payload = Zeros(27182) };
        var plain = new StreamingInputCallRequest { ExpectCompressed = new BoolValue { Value = false }, Payload = Zeros(45904) };

        var probe = await PostAsync("StreamingInputCall", Frame(compressed, flag: false), Gzip);
        var answer = await PostAsync("StreamingInputCall", [.. Frame(compressed, flag: true), .. Frame(plain, flag: false)], Gzip);

        Assert.Equal(StatusCode.InvalidArgument, probe.Status);
        Assert.Equal(StatusCode.OK, answer.Status);
        var response = StreamingInputCallResponse.Parser.ParseFrom(RawClient.Messages(answer.Body).Single().Payload);
        Assert.Equal(73086, response.AggregatedPayloadSize);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerCompressedUnary_AsAsked_TheFlagSaysSo(bool compressed)
    {
        var request = new SimpleRequest
        {
            ResponseCompressed = new BoolValue { Value = compressed },
            ResponseSize = 314159,
            Payload = Zeros(271828),
        };

        var answer = await PostAsync("UnaryCall", Frame(request, flag: false), AcceptGzip);

        var message = Assert.Single(RawClient.Messages(answer.Body));
        Assert.Equal(compressed, message.Compressed);
        Assert.Equal(compressed ? "gzip" : null, answer.Value("grpc-encoding"));
        Assert.Equal(Zeros(314159), SimpleResponse.Parser.ParseFrom(Inflated(message)).Payload);
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task ServerCompressedStreaming_CompressedThenNot_TheFlagsSaySo()
    {
        var request = new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters { Compressed = new BoolValue { Value = true }, Size = 31415 },
                new ResponseParameters { Compressed = new BoolValue { Value = false }, Size = 92653 },
            },
        };

        var answer = await PostAsync("StreamingOutputCall", Frame(request, flag: false), AcceptGzip);

        var messages = RawClient.Messages(answer.Body);
        Assert.Equal([true, false], messages.Select(message => message.Compressed));
        Assert.Equal("gzip", answer.Value("grpc-encoding"));
        Assert.Equal([31415, 92653], messages.Select(message => StreamingOutputCallResponse.Parser.ParseFrom(Inflated(message)).Payload.Body.Length));
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static byte[] Frame(IMessage message, bool flag)
    {
        var payload = message.ToByteArray();
        if (!flag)
            return RawClient.Frame(payload);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(payload);
        return RawClient.Frame(compressed.ToArray(), flag: 1);
    }

    private static byte[] Inflated((bool Compressed, byte[] Payload) message)
    {
        if (!message.Compressed)
            return message.Payload;
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(message.Payload), CompressionMode.Decompress);
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }

    /// <summary>Large bodies leave in frames of the size that every server takes.</summary>
    private async Task<Http2Answer> PostAsync(string method, byte[] body, params (string, string)[] headers)
    {
        var call = await _peer.CallAsync($"/grpc.testing.TestService/{method}", headers: headers);
        foreach (var part in body.Chunk(16_384))
            await _peer.SendDataAsync(call, part);
        await _peer.SendDataAsync(call, [], end: true);
        return await _peer.ReadAnswerAsync(call);
    }
}
