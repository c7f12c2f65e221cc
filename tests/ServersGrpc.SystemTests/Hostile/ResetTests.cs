using Google.Protobuf;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Calls that are begun to be broken off, by the peer or by what it provokes the service to.</summary>
[Collection(Collection)]
public class ResetTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int Resets = 10_000;
    private const int Connections = 100;

    // Kestrel's own word for a peer that it cuts off for making it answer too much.
    private const string CutOff = "exceeded the output operations maximum queue size";

    [Theory]
    [InlineData("GetServer", true)]
    [InlineData("GetServer", false)]
    [InlineData("WatchServers", true)]
    [InlineData("WatchServers", false)]
    public Task RapidReset_TenThousandInARow_OthersAreServed(string method, bool authenticated) => WithstandAsync(async () =>
    {
        var headers = CallFrames.Headers(CallFrames.Service + method, authenticated ? Service.Token : null);
        IMessage request = method == "GetServer"
            ? new GetServerRequest { Name = Bystander.ServerName }
            : new WatchServersRequest();
        Service.ExpectErrors(CutOff);

        var (streams, connections) = await CallFrames.SendForStreamsAsync(Service, Resets, Connections, streamId =>
            [.. CallFrames.Begin(streamId, headers), .. CallFrames.Message(streamId, request), .. CallFrames.Reset(streamId)]);

        Output.WriteLine($"{streams} resets over {connections} connections.");
        Assert.InRange(streams, Resets, int.MaxValue);
    });

    [Fact]
    public Task Watches_OpenedAndResetTenThousandTimes_LeaveNothingBehind() => WithstandAsync(async () =>
    {
        const int AtOnce = 100;
        await using var peer = await Http2Peer.ConnectAsync(Service.Address);
        var request = RawClient.Frame(new WatchServersRequest());
        for (var round = 0; round < Resets / AtOnce; round++)
        {
            var watches = new List<int>();
            for (var i = 0; i < AtOnce; i++)
            {
                watches.Add(await peer.CallAsync(CallFrames.Headers(CallFrames.Service + "WatchServers", Service.Token)));
                await peer.SendDataAsync(watches[^1], request, end: true);
            }
            foreach (var watch in watches)
            {
                Assert.Equal(Http2FrameType.Headers, (await peer.ReadAsync(watch))!.Type);
                await peer.SendResetAsync(watch, Http2ErrorCode.Cancel);
            }
        }
        // The same connection still serves: none of them counts any more.
        var answer = await peer.ReadAnswerAsync(await peer.CallAsync(CallFrames.Headers("/grpc.health.v1.Health/Nothing", Service.Token), end: true));
        Assert.Equal(Grpc.Core.StatusCode.Unimplemented, answer.Status);
    });

    /// <summary>What makes the service reset a stream by itself.</summary>
    [Theory]
    [InlineData("window update of zero")]
    [InlineData("window that overflows")]
    [InlineData("data after the end")]
    [InlineData("headers after the end")]
    [InlineData("dependency on itself")]
    [InlineData("short priority")]
    [InlineData("body that is longer than declared")]
    public Task MadeYouReset_TenThousandTimes_OthersAreServed(string provocation) => WithstandAsync(async () =>
    {
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        var message = RawClient.Frame(new GetServerRequest { Name = Bystander.ServerName });
        Service.ExpectErrors(CutOff);

        var (streams, connections) = await CallFrames.SendForStreamsAsync(Service, Resets, Connections, streamId => provocation switch
        {
            "window update of zero" => [
                .. CallFrames.Begin(streamId, headers), .. CallFrames.Frame(Http2FrameType.WindowUpdate, streamId, CallFrames.Int32(0))],
            "window that overflows" => [
                .. CallFrames.Begin(streamId, headers),
                .. CallFrames.Frame(Http2FrameType.WindowUpdate, streamId, CallFrames.Int32(int.MaxValue))],
            "data after the end" => [
                .. CallFrames.Begin(streamId, headers),
                .. CallFrames.Frame(Http2FrameType.Data, streamId, message, Http2Flags.EndStream),
                .. CallFrames.Frame(Http2FrameType.Data, streamId, message)],
            "headers after the end" => [.. CallFrames.Begin(streamId, headers, end: true), .. CallFrames.Begin(streamId, headers)],
            "dependency on itself" => [
                .. CallFrames.Begin(streamId, headers),
                .. CallFrames.Frame(Http2FrameType.Priority, streamId, [.. CallFrames.Int32(streamId), 1])],
            "short priority" => [.. CallFrames.Begin(streamId, headers), .. CallFrames.Frame(Http2FrameType.Priority, streamId, [0])],
            "body that is longer than declared" => [
                .. CallFrames.Begin(streamId, [.. headers, ("content-length", "1")]),
                .. CallFrames.Frame(Http2FrameType.Data, streamId, message)],
            _ => throw new ArgumentException($"No provocation {provocation}.", nameof(provocation)),
        });

        Output.WriteLine($"{streams} streams over {connections} connections.");
        Assert.True(streams >= Resets || connections == Connections);
    });
}
