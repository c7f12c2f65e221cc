using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Callers who ask for far more answers than the service has memory for, and read none of them.</summary>
[Collection(Collection)]
public class UnreadAnswerTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int StreamsOfAConnection = 4096;
    private const int Servers = 19;

    // Some thirty lists over gRPC, fewer over REST, and those that were under way when it was reached.
    private const int MostLists = 200;

    protected override string[] Options =>
        [.. base.Options, "--Servers:Limits:MaxUnreadAnswersPerConnection=1000000", "--Servers:Limits:MaxUnreadAnswers=8000000"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Lists_AsManyAsAConnectionMayAskFor_AreBounded(bool isGrpc) => WithstandAsync(async () =>
    {
        await FillAsync();
        var readers = new List<RawConnection>();
        try
        {
            // Each asks for as much as the whole heap holds, and more.
            for (var i = 0; i < 3; i++)
            {
                readers.Add(await RawConnection.OpenHttp2Async(Service, window: 0));
                for (var call = 0; call < StreamsOfAConnection; call++)
                    await readers[i].SendAsync(AskForList(1 + (2 * call), isGrpc));
                await readers[i].PingAsync();
            }
            Assert.DoesNotContain(readers, reader => reader.Ended.IsCompleted);
            // An answer that is made sends its headers, though there is no room for the rest. Those that will be made are by then.
            await Task.Delay(TimeSpan.FromSeconds(2));
            Assert.All(readers, reader => Assert.InRange(reader.Frames.Count(frame => frame.Type == Http2FrameType.Headers), 1, MostLists));
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    });

    /// <summary>These are too short to be counted. What bounds them is that each keeps its stream, of which a connection has so many.</summary>
    [Fact]
    public Task ShortAnswers_ThatNobodyReads_AreNoMoreThanStreams() => WithstandAsync(async () =>
    {
        using var reader = await RawConnection.OpenHttp2Async(Service, window: 0);
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        var request = new GetServerRequest { Name = Bystander.ServerName };
        for (var call = 0; call < 2 * StreamsOfAConnection; call++)
            await reader.SendAsync((byte[])[.. CallFrames.Begin(1 + (2 * call), headers), .. CallFrames.Message(1 + (2 * call), request)]);

        await Eventually.SeeAsync(
            () => Task.FromResult((Count(Http2FrameType.Headers), Count(Http2FrameType.RstStream))),
            seen => seen == (StreamsOfAConnection, StreamsOfAConnection), "as many are answered as there may be, and the others refused");

        int Count(Http2FrameType type) => reader.Frames.Count(frame => frame.Type == type);
    });

    /// <summary>Of these some are counted for all, by lot.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task MiddlingAnswers_ThatNobodyReads_AreNotMadeWithoutEnd(bool isGrpc) => WithstandAsync(async () =>
    {
        using var client = new TypedClient(Service);
        var request = new ProvisionServerRequest { Name = "labeled" };
        for (var i = 0; i < 50; i++)
            request.Labels[$"label{i}"] = new string('v', 250);
        var size = (await client.Servers.ProvisionServerAsync(request, client.Call())).CalculateSize();
        Assert.InRange(size, 8 * 1024, (32 * 1024) - 1);

        using var reader = await RawConnection.OpenHttp2Async(Service, window: 0);
        var headers = CallFrames.Headers(CallFrames.Service + "GetServer", Service.Token);
        var get = new GetServerRequest { Name = "labeled" };
        for (var call = 0; call < StreamsOfAConnection; call++)
            await reader.SendAsync(Ask(1 + (2 * call)));
        await reader.PingAsync();
        // An answer that is made sends its headers, though there is no room for the rest. Those that will be made are by then.
        await Task.Delay(TimeSpan.FromSeconds(3));

        // The second that is counted is beyond the limit: some 130 are made as a rule, and hardly ever ten times as many.
        var made = reader.Frames.Count(frame => frame.Type == Http2FrameType.Headers);
        Output.WriteLine($"{made} answers of {size} bytes were made.");
        Assert.InRange(made, 1, StreamsOfAConnection / 2);

        byte[] Ask(int stream) => isGrpc
            ? [.. CallFrames.Begin(stream, headers), .. CallFrames.Message(stream, get)]
            : AskFor(stream, "/api/servers/labeled");
    });

    [Fact]
    public Task Lists_OnManyConnections_CloseTheOnesThatHoldTheMost() => WithstandAsync(async () =>
    {
        await FillAsync();
        var readers = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 30; i++)
            {
                readers.Add(await RawConnection.OpenHttp2Async(Service, window: 0));
                for (var call = 0; call < 20; call++)
                    await readers[i].SendAsync(AskForList(1 + (2 * call), isGrpc: true));
            }
            await Eventually.BeAsync(() => readers.Any(reader => reader.Ended.IsCompleted), "some are closed");
            // It may be heard later than the end of a connection is seen.
            await Eventually.BeAsync(() => Service.Log.Contains("(MaxUnreadAnswers)", StringComparison.Ordinal), "it is told why");
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    });

    [Fact]
    public Task Lists_AskedForAllAtOnceAndRead_AllCome() => WithstandAsync(async () =>
    {
        await FillAsync();
        using var client = new TypedClient(Service);
        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => client.Servers.ListServersAsync(new(), client.Call()).ResponseAsync));
        Assert.All(replies, reply => Assert.Equal(Servers + 1, reply.Servers.Count));
    });

    private async Task FillAsync()
    {
        for (var i = 0; i < Servers; i++)
            await Service.ProvisionAsync($"server{i}");
    }
}
