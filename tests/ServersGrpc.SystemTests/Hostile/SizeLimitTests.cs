using System.Net;
using System.Text;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Requests that are larger, or more at once, than the limits that were set, on both faces.</summary>
[Collection(Collection)]
public class SizeLimitTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int MaxRequestSize = 2048;
    private const int MaxHeaders = 30;
    private const int MaxHeadersSize = 8192;
    private const int MaxStreams = 3;

    protected override string[] Options =>
    [
        .. base.Options, $"--Servers:Limits:MaxRequestSize={MaxRequestSize}", $"--Servers:Limits:MaxHeaders={MaxHeaders}",
        $"--Servers:Limits:MaxHeadersSize={MaxHeadersSize}", $"--Servers:Limits:MaxStreamsPerConnection={MaxStreams}",
    ];

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public Task Body_OverTheLimit_Is413(int over, HttpStatusCode expected) => WithstandAsync(async () =>
    {
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/servers")
            {
                Content = new StringContent("""{"validate_only": true}""".PadRight(MaxRequestSize + over), Encoding.UTF8, "application/json"),
            };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await Service.Http.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
            if (over > 0)
                Assert.Contains($"{MaxRequestSize} bytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    });

    [Theory]
    [InlineData(0, StatusCode.NotFound)]
    [InlineData(1, StatusCode.ResourceExhausted)]
    public Task Message_OverTheLimit_IsResourceExhausted(int over, StatusCode expected) => WithstandAsync(async () =>
    {
        using var raw = new RawClient(Service.Address);
        // With two bytes of tag and two of length, and a name that nothing has.
        var message = new byte[MaxRequestSize + over];
        (message[0], message[1], message[2]) = (0x0A, (byte)(((message.Length - 3) & 0x7F) | 0x80), (byte)((message.Length - 3) >> 7));
        message.AsSpan(3).Fill((byte)'a');
        var answer = await raw.PostAsync(RawClient.Frame(message), CallFrames.Service + "GetServer", headers: [("authorization", $"Bearer {Service.Token}")]);
        Assert.Equal(expected, answer.Status);
    });

    [Theory]
    [InlineData("many", 20, 200)]
    [InlineData("many", 40, 431)]
    [InlineData("long", 6_000, 200)]
    [InlineData("long", 10_000, 431)]
    public Task Headers_OverTheLimit_Are431(string kind, int size, int expected) => WithstandAsync(async () =>
    {
        (string Name, string Value)[] more = kind == "many"
            ? [.. Enumerable.Range(0, size).Select(i => ($"x-{i}", "a"))]
            : [("x-long", new string('a', size))];
        var plain = await RawConnection.OpenAsync(Service);
        await plain.SendAsync($"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(more.Select(header => $"{header.Name}: {header.Value}\r\n"))}\r\n");
        await plain.Ended.WaitAsync(Eventually.Patience);
        Assert.StartsWith($"HTTP/1.1 {expected} ", plain.Text, StringComparison.Ordinal);
        plain.Dispose();

        using var connection = await RawConnection.OpenHttp2Async(Service);
        await connection.SendAsync(CallFrames.Begin(
            1, [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), (":authority", "x"), .. more], end: true));
        var seen = await Eventually.SeeAsync(
            () => Task.FromResult(connection.Frames), frames => connection.Ended.IsCompleted || frames.Any(frame => frame is { Type: Http2FrameType.Headers, StreamId: 1 }), "it is answered");
        // A single header that is longer than all may be ends the connection: what follows could not be read.
        if (seen.FirstOrDefault(frame => frame.Type == Http2FrameType.Headers) is { } headers)
            Assert.Equal($"{expected}", new Http2Answer([headers]).HttpStatus);
        else
            Assert.Equal((431, Http2FrameType.GoAway), (expected, connection.GoAway?.Type));
    });

    [Fact]
    public Task Streams_MoreThanTheLimit_AreRefusedAndTheOthersServed() => WithstandAsync(async () =>
    {
        using var connection = await RawConnection.OpenHttp2Async(Service);
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        for (var call = 0; call < 2 * MaxStreams; call++)
            await connection.SendAsync(CallFrames.Begin(1 + (2 * call), headers));
        for (var call = 0; call < MaxStreams; call++)
            await connection.SendAsync(CallFrames.Message(1 + (2 * call), new GetServerRequest { Name = Bystander.ServerName }));
        await connection.PingAsync();

        await Eventually.BeAsync(() => Ended(Http2FrameType.Headers).Count == MaxStreams, "the first are served");
        Assert.Equal([1, 3, 5], Ended(Http2FrameType.Headers));
        Assert.Equal([7, 9, 11], Ended(Http2FrameType.RstStream));
        Assert.All(connection.Frames.Where(frame => frame.Type == Http2FrameType.RstStream), frame => Assert.Equal(Http2ErrorCode.RefusedStream, frame.ErrorCode));

        List<int> Ended(Http2FrameType type) => [.. connection.Frames.Where(frame => frame.Type == type).Select(frame => frame.StreamId).Distinct().Order()];
    });
}
