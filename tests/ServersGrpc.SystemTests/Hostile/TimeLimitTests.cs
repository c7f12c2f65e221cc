using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Peers that are slow at everything that takes time, at limits that are set short. Each is ended, and no sooner than it may be.</summary>
[Collection(Collection)]
public class TimeLimitTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int Peers = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // Kestrel looks once a second, and a busy machine later.
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    protected override string[] Options =>
    [
        .. base.Options, "--Servers:Limits:HeadersTimeout=00:00:02", "--Servers:Limits:ProtocolTimeout=00:00:02", "--Servers:Limits:HandshakeTimeout=00:00:02",
        "--Servers:Limits:KeepAliveTimeout=00:00:02", "--Servers:Limits:RateGrace=00:00:02", "--Servers:Limits:MinRequestRate=1000", "--Servers:Limits:MinResponseRate=100000",
        "--dev-certificate", "--urls=http://127.0.0.1:0;https://127.0.0.1:0",
    ];

    private string Post => $"POST /api/servers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\n";

    [Theory]
    [InlineData("nothing")]
    [InlineData("half a preface")]
    [InlineData("headers")]
    [InlineData("headers of HTTP/2")]
    [InlineData("body")]
    [InlineData("chunks")]
    [InlineData("body of HTTP/2")]
    [InlineData("message")]
    [InlineData("no next request")]
    [InlineData("no next call")]
    [InlineData("answer left in HTTP/2")]
    public Task SlowPeers_OfEachKind_AreEndedAtTheirLimit(string kind) => WithstandAsync(async () =>
    {
        if (kind.StartsWith("answer", StringComparison.Ordinal))
            for (var i = 0; i < 15; i++)
                await Service.ProvisionAsync($"server{i}");
        await Task.WhenAll(Enumerable.Range(0, Peers).Select(_ => EndsAsync(kind)));
    });

    [Fact]
    public Task AnswersLeftInTheSocket_AreDroppedWithTheirConnections() => WithstandAsync(async () =>
    {
        for (var i = 0; i < 15; i++)
            await Service.ProvisionAsync($"server{i}");
        // As many lists as no socket's buffers hold.
        var lists = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"GET /api/servers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\n\r\n", 200)));
        for (var i = 0; i < 2 * Peers; i++)
            await (await RawConnection.OpenAsync(Service, reads: false)).SendAsync(lists);
        // None is closed from here: only the service can have closed them when their descriptors are gone.
    });

    [Fact]
    public Task Handshake_NeverBegun_IsEndedAtItsLimit() => WithstandAsync(async () =>
    {
        var line = await Eventually.SeeAsync(() => Task.FromResult(Service.Log.Split("listening on: https://")), seen => seen.Length > 1, "it listens");
        var port = int.Parse(line[1].Split('\n')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await Task.WhenAll(Enumerable.Range(0, Peers).Select(async _ =>
        {
            using var silent = new TcpClient();
            var start = Stopwatch.GetTimestamp();
            await silent.ConnectAsync("127.0.0.1", port);
            Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]));
            Assert.InRange(Stopwatch.GetElapsedTime(start), Limit - Pace, Latest);
        }));
    });

    private async Task EndsAsync(string kind)
    {
        var start = Stopwatch.GetTimestamp();
        var isHttp2 = kind.Contains("HTTP/2", StringComparison.Ordinal) || kind is "message" or "no next call";
        using var connection = isHttp2 ? await RawConnection.OpenHttp2Async(Service, window: 1) : await RawConnection.OpenAsync(Service);
        await connection.SendAsync(Begin(kind));
        var drop = Drop(kind);
        while (!connection.Ended.IsCompleted && Stopwatch.GetElapsedTime(start) < Latest)
        {
            await connection.SendAsync(drop);
            await Task.WhenAny(connection.Ended, Task.Delay(Pace));
        }
        Assert.True(connection.Ended.IsCompleted, $"{kind} is ended; it got {connection.Text.Length} bytes, {connection.GoAway?.ErrorCode}");
        Assert.InRange(Stopwatch.GetElapsedTime(start), Limit - Pace, Latest);
    }

    private byte[] Begin(string kind)
    {
        var call = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        return kind switch
        {
            "half a preface" => [.. "PRI * HT"u8],
            "headers" => [.. "GET /api/servers HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8],
            "headers of HTTP/2" => CallFrames.Frame(Http2FrameType.Headers, 1, HeaderBlock.Encode(call)),
            "body" => Encoding.ASCII.GetBytes(Post + "Content-Length: 100000\r\n\r\n{"),
            "chunks" => Encoding.ASCII.GetBytes(Post + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
            "body of HTTP/2" => CallFrames.Begin(
                1, [(":method", "POST"), (":scheme", "http"), (":path", "/api/servers"), (":authority", "x"), ("authorization", $"Bearer {Service.Token}")]),
            "message" => CallFrames.Begin(1, call),
            "no next request" => Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
            "no next call" => [.. CallFrames.Begin(1, CallFrames.Headers("/grpc.health.v1.Health/Check", null)), .. CallFrames.Message(1, new Grpc.Health.V1.HealthCheckRequest())],
            "answer left in HTTP/2" =>
                [.. CallFrames.Begin(1, CallFrames.Headers(CallFrames.Service + "ListServers", Service.Token)), .. CallFrames.Message(1, new ListServersRequest())],
            _ => [],
        };
    }

    private static byte[] Drop(string kind) => kind switch
    {
        "headers" => [(byte)'a'],
        "headers of HTTP/2" => CallFrames.Frame(Http2FrameType.Continuation, 1, HeaderBlock.Encode([("x", "a")])),
        "body" => [(byte)' '],
        "chunks" => [.. "1\r\n \r\n"u8],
        "body of HTTP/2" or "message" => CallFrames.Frame(Http2FrameType.Data, 1, [0]),
        _ => [],
    };
}
