using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Callers who ask for far more answers than the service has memory for, and read none of them.</summary>
[Collection(Collection)]
public class UnreadAnswerTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int StreamsOfAConnection = 4096;
    private const int Servers = 19;

    // Less than twenty lists.
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
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
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
            Assert.Contains("(MaxUnreadAnswers)", Service.Log, StringComparison.Ordinal);
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
