using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile;
using ServersGrpc.SystemTests.Hostile.Http2;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Calls that wait because their caller leaves earlier answers unread: what they may is decided by what holds when they begin.</summary>
public sealed class HeldCallTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Window = 1 << 20;

    protected override string[] Options => ["--Servers:Limits:MaxUnreadAnswersPerConnection=65536"];

    [Theory]
    [InlineData("revoke")]
    [InlineData("expire")]
    public async Task Call_ItsTokenEndsWhileItWaits_IsRefused(string how)
    {
        await Service.PauseAsync();
        // So many that a list of them is over the limit.
        for (var i = 0; i < 40; i++)
            await Service.ProvisionAsync($"s{i}");
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(5);
        var token = await Tokens.CreateAsync(Service, "slow", "admin", how == "expire" ? ["--expires", expires.ToString("O")] : []);
        using var connection = await RawConnection.OpenHttp2Async(Service, window: 0);
        await connection.SendAsync(Ask(1, "GET", "/api/servers"));
        await Eventually.BeAsync(() => Headers(1) is not null, "the list is made, and waits for its caller");

        await connection.SendAsync(Ask(3, "DELETE", "/api/servers/s3"));
        await connection.SendAsync(Ask(5, "GET", "/api/servers/s2"));
        await connection.PingAsync();
        if (how == "revoke")
            await Tokens.RevokeAsync(Service, "slow");
        else
            await Task.Delay(expires - TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(50));
        Assert.Null(Headers(3));
        await connection.SendAsync((byte[])
        [
            .. CallFrames.Frame(Http2FrameType.Settings, 0, [0, 4, .. CallFrames.Int32(Window)]),
            .. CallFrames.Frame(Http2FrameType.WindowUpdate, 0, CallFrames.Int32(Window)),
        ]);

        await Eventually.BeAsync(() => Headers(3) is not null && Headers(5) is not null, "both calls are answered");
        Assert.Equal(("401", "401"), (Headers(3)!.HttpStatus, Headers(5)!.HttpStatus));
        Assert.Equal("pending", (await Service.GetAsync("s3")).State);

        Http2Answer? Headers(int stream) =>
            connection.Frames.FirstOrDefault(frame => frame.Type == Http2FrameType.Headers && frame.StreamId == stream) is { } headers ? new([headers]) : null;

        byte[] Ask(int stream, string method, string path) => CallFrames.Begin(
            stream, [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("authorization", $"Bearer {token}")], end: true);
    }
}
