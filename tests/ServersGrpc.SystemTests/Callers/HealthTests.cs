using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>The standard health service says what /healthz says, of the whole service and of the contract, without a token.</summary>
public sealed class HealthTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Contract = "servers.v1.ServerService";

    [Fact]
    public async Task Check_DiskFullThenRoomAgain_IsWhatHealthzIs()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var service = await ServiceProcess.StartAsync(Path.Combine(disk.Path, "data"), Output);
        using var channel = GrpcChannel.ForAddress(service.Address);
        var health = new Health.HealthClient(channel);
        using var watch = health.Watch(new() { Service = Contract });
        await AssertBothAsync(service, health, isHealthy: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        await disk.FillAsync(service);
        await AssertBothAsync(service, health, isHealthy: false);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));

        disk.MakeRoom();
        await AssertBothAsync(service, health, isHealthy: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        using var channel = GrpcChannel.ForAddress(Service.Address);

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => new Health.HealthClient(channel).CheckAsync(new() { Service = "none" }).ResponseAsync);

        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
    }

    [Fact]
    public async Task Stop_OpenStreams_EndUnavailable()
    {
        using var channel = GrpcChannel.ForAddress(Service.Address);
        using var watch = new Health.HealthClient(channel).Watch(new());
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        using var client = new TypedClient(Service);
        using var questions = client.Reflect();
        // "What services are there?"
        await questions.RequestStream.WriteAsync([0x3A, 0x00]);
        Assert.True(await questions.ResponseStream.MoveNext(CancellationToken.None));

        // They read while the service stops, as programs do. The client forgets what came before the end of a connection that nobody read.
        var said = new List<HealthCheckResponse>();
        var ends = Task.WhenAll(EndOfAsync(watch.ResponseStream, said), EndOfAsync(questions.ResponseStream, []));
        Assert.Equal(0, await Service.StopAsync());

        Assert.All(await ends, AssertStopped);
        Assert.Equal(ServingStatus.NotServing, Assert.Single(said).Status);
    }

    private static void AssertStopped(Status status)
    {
        Assert.True(status.StatusCode == StatusCode.Unavailable, $"{status}");
        Assert.StartsWith("The service is shutting down.", status.Detail, StringComparison.Ordinal);
    }

    private static async Task AssertBothAsync(ServiceProcess service, Health.HealthClient health, bool isHealthy)
    {
        var (serving, status) = isHealthy ? (ServingStatus.Serving, 200) : (ServingStatus.NotServing, 503);
        Assert.Equal(status, (await Curl.SendAsync(service.Address + "/healthz")).Status);
        foreach (var name in (string[])["", Contract])
            Assert.Equal(serving, (await health.CheckAsync(new() { Service = name })).Status);
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience));
        return watch.ResponseStream.Current.Status;
    }

    /// <summary>What a stream ends with, after whatever it still says.</summary>
    private static async Task<Status> EndOfAsync<T>(IAsyncStreamReader<T> stream, List<T> said)
    {
        try
        {
            while (await stream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience))
                said.Add(stream.Current);
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }
}
