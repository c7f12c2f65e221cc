using ServersGrpc.SystemTests.Hostile.Http2;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Frames without end, each of which is allowed by itself. They are answered, or the connection is ended.</summary>
[Collection(Collection)]
public class FloodTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int Frames = 500_000;
    private const int AtOnce = 1_000;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("settings", true)]
    [InlineData("settings", false)]
    [InlineData("ping", true)]
    [InlineData("ping", false)]
    [InlineData("empty data", true)]
    [InlineData("window update", true)]
    [InlineData("priority", true)]
    [InlineData("unknown", true)]
    [InlineData("reset of nothing", true)]
    [InlineData("continuation", true)]
    [InlineData("empty continuation", true)]
    public Task Flood_OfFrames_OthersAreServed(string kind, bool reads) => WithstandAsync(async () =>
    {
        using var limit = new CancellationTokenSource(Long);
        using var connection = await RawConnection.OpenHttp2Async(Service, reads);
        await connection.SendAsync(Start(kind));
        var frame = Frame(kind);
        var bytes = Enumerable.Repeat(frame, AtOnce).SelectMany(copy => copy).ToArray();
        var sent = 0;
        try
        {
            while (sent < Frames && await connection.SendAsync(bytes, limit.Token))
                sent += AtOnce;
            if (reads) await connection.PingAsync();
        }
        catch (OperationCanceledException)
        {
            // A flood that is taken slowly, or not at all while its answers are not read, is over when its time is.
            Assert.NotEqual(0, sent);
        }

        Output.WriteLine($"Sent {sent} frames; ended with {connection.GoAway?.ErrorCode.ToString() ?? "nothing"}.");
    });

    private byte[] Start(string kind)
    {
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        return kind switch
        {
            "empty data" or "window update" => CallFrames.Begin(1, headers),
            "continuation" or "empty continuation" => CallFrames.Frame(Http2FrameType.Headers, 1, HeaderBlock.Encode(headers)),
            _ => [],
        };
    }

    private static byte[] Frame(string kind) => kind switch
    {
        "settings" => CallFrames.Frame(Http2FrameType.Settings, 0, [0, 4, 0, 0, 255, 255]),
        "ping" => CallFrames.Frame(Http2FrameType.Ping, 0, new byte[8]),
        "empty data" => CallFrames.Frame(Http2FrameType.Data, 1, []),
        "window update" => CallFrames.Frame(Http2FrameType.WindowUpdate, 1, CallFrames.Int32(1)),
        "priority" => CallFrames.Frame(Http2FrameType.Priority, 1, [0, 0, 0, 0, 1]),
        "unknown" => CallFrames.Frame((Http2FrameType)0x42, 0, new byte[16]),
        "reset of nothing" => CallFrames.Reset(1),
        "continuation" => CallFrames.Frame(Http2FrameType.Continuation, 1, HeaderBlock.Encode([("x-more", new string('a', 100))])),
        "empty continuation" => CallFrames.Frame(Http2FrameType.Continuation, 1, []),
        _ => throw new ArgumentException($"No flood of {kind}.", nameof(kind)),
    };
}
