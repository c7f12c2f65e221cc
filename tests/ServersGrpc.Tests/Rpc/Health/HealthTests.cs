using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Rpc.Wire;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.Tests.Rpc.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task Check_StatusThatWasSet_IsAnswered()
    {
        await using var host = await GrpcHost.StartAsync();
        var (health, client) = Open(host);
        health.SetStatus("", ServingStatus.Serving);
        health.SetStatus("tests.v1.Shapes", ServingStatus.NotServing);

        Assert.Equal(ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest { Service = "tests.v1.Shapes" })).Status);
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        await using var host = await GrpcHost.StartAsync();
        var (health, client) = Open(host);
        health.SetStatus("known", ServingStatus.Serving);
        health.ClearStatus("known");

        foreach (var service in (string[])["known", "unknown"])
        {
            var fault = await Assert.ThrowsAsync<RpcException>(() => client.CheckAsync(new HealthCheckRequest { Service = service }).ResponseAsync);
            Assert.Equal(StatusCode.NotFound, fault.StatusCode);
        }
    }

    [Fact]
    public async Task Watch_Changes_AreToldOnceEach()
    {
        await using var host = await GrpcHost.StartAsync();
        var (health, client) = Open(host);
        using var call = client.Watch(new HealthCheckRequest { Service = "s" });

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        health.SetStatus("s", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        health.SetStatus("other", ServingStatus.NotServing);
        health.SetStatus("s", ServingStatus.Serving);
        health.SetStatus("s", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        health.ClearStatus("s");
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
    }

    private static (HealthServiceImpl Health, Grpc.Health.V1.Health.HealthClient Client) Open(GrpcHost host) =>
        (host.App.Services.GetRequiredService<HealthServiceImpl>(), new Grpc.Health.V1.Health.HealthClient(host.Channel));

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TimeSpan.FromSeconds(20)));
        return call.ResponseStream.Current.Status;
    }
}
