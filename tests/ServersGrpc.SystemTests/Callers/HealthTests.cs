using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>The standard health service says what /healthz says, of the whole service and of the contract, without a token.</summary>
public sealed class HealthTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Contract = "servers.v1.ServerService";

    [Fact]
    public async Task Check_DatabaseLockedThenReleased_IsWhatHealthzIs()
    {
        using var channel = GrpcChannel.ForAddress(Service.Address);
        var health = new Health.HealthClient(channel);
        using var watch = health.Watch(new() { Service = Contract });
        await AssertBothAsync(health, isHealthy: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        await using (var other = new SqliteConnection($"Data Source={Path.Combine(Service.DataDirectory, "servers.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction(deferred: false);
            // Something to write, so that the store finds out.
            Assert.Equal(503, (await Curl.SendAsync(Service, "POST", "/api/servers")).Status);
            await AssertBothAsync(health, isHealthy: false);
            Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        }

        await AssertBothAsync(health, isHealthy: true);
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

    private async Task AssertBothAsync(Health.HealthClient health, bool isHealthy)
    {
        var (serving, status) = isHealthy ? (ServingStatus.Serving, 200) : (ServingStatus.NotServing, 503);
        Assert.Equal(status, (await Curl.SendAsync(Service.Address + "/healthz")).Status);
        foreach (var service in (string[])["", Contract])
            Assert.Equal(serving, (await health.CheckAsync(new() { Service = service })).Status);
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
