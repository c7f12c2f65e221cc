using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Peers that say nothing, or too little at a time.</summary>
[Collection(Collection)]
public class SlowPeerTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int SlowPeers = 50;
    private const int SilentPeers = 3_000;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    [Fact]
    public Task SlowPeers_NeverFinishTheirHeaders_AreClosedInTime() => WithstandAsync(async () =>
    {
        var headers = HeaderBlock.Encode(CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token));
        var attacks = Enumerable.Range(0, SlowPeers).SelectMany(_ => new[]
        {
            TrickleAsync("GET /api/servers HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray(), [(byte)'a']),
            TrickleAsync("PRI * HTTP/2.0\r\n\r\nSM"u8.ToArray(), []),
            TrickleAsync(
                [
                    .. Http2Peer.Preface, .. CallFrames.Frame(Http2FrameType.Settings, 0, []),
                    .. CallFrames.Frame(Http2FrameType.Headers, 1, headers),
                ],
                CallFrames.Frame(Http2FrameType.Continuation, 1, HeaderBlock.Encode([("x", "a")]))),
        });
        // Each is ended by the service: nothing else ends this wait.
        await Task.WhenAll(attacks);
    });

    [Fact]
    public Task SilentPeers_MoreThanAreKept_NewcomersAreServed() => WithstandAsync(async () =>
    {
        var silent = new List<RawConnection>();
        try
        {
            for (var i = 0; i < SilentPeers; i++)
                silent.Add(await RawConnection.OpenAsync(Service));
            // The oldest were closed for the newest.
            await Task.WhenAll(silent.Take(SilentPeers / 2).Select(connection => connection.Ended)).WaitAsync(Eventually.Patience);
        }
        finally
        {
            silent.ForEach(connection => connection.Dispose());
        }
    });

    private async Task TrickleAsync(byte[] start, byte[] drop)
    {
        using var connection = await RawConnection.OpenAsync(Service);
        await connection.SendAsync(start);
        while (!connection.Ended.IsCompleted)
        {
            if (drop.Length > 0) await connection.SendAsync(drop);
            await Task.WhenAny(connection.Ended, Task.Delay(Pace));
        }
    }
}
