using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Http2;
using ServersGrpc.Tests.Shapes.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ServersGrpc.Tests.Rpc.Wire;

public sealed class ShutdownTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stop_UnaryInFlight_FinishesAndStreamsEndUnavailable()
    {
        await using var host = await GrpcHost.StartAsync();
        var unaryEntered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var cancelledOnStop = false;
        host.Behavior.Unary = async (request, context) =>
        {
            unaryEntered.SetResult();
            await release.Task;
            cancelledOnStop = context.CancellationToken.IsCancellationRequested;
            return new Pong { Text = request.Text };
        };
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Pong { Text = "first" });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        using var unary = host.Client.UnaryAsync(new Ping { Text = "in flight" });
        using var stream = host.Client.ServerStreaming(new Ping());
        using var duplex = host.Client.Duplex();
        await duplex.RequestStream.WriteAsync(new Ping());
        Assert.True(await duplex.ResponseStream.MoveNext());
        Assert.True(await stream.ResponseStream.MoveNext());
        await unaryEntered.Task.WaitAsync(Long);
        var stopped = host.App.StopAsync();

        foreach (var ended in (IAsyncStreamReader<Pong>[])[stream.ResponseStream, duplex.ResponseStream])
        {
            var fault = await Assert.ThrowsAsync<RpcException>(() => ended.MoveNext().WaitAsync(Long));
            Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
            Assert.Equal("The server is shutting down.", fault.Status.Detail);
        }

        Assert.False(stopped.IsCompleted);
        release.SetResult();
        Assert.Equal("in flight", (await unary.ResponseAsync.WaitAsync(Long)).Text);
        Assert.False(cancelledOnStop);
        await stopped.WaitAsync(Long);
        Assert.Empty(host.Logs.At(LogLevel.Error));
    }

    [Fact]
    public async Task Stop_Connections_AreToldToGoAwayAndTheirCallsFinish()
    {
        await using var host = await GrpcHost.StartAsync();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        host.Behavior.Unary = async (request, _) =>
        {
            entered.SetResult();
            await release.Task;
            return new Pong { Text = request.Text };
        };
        host.App.Services.GetRequiredService<HealthServiceImpl>().SetStatus("", ServingStatus.Serving);
        await using var peer = await Http2Peer.ConnectAsync(host.Address);
        await using var idle = await Http2Peer.ConnectAsync(host.Address);
        var unary = await peer.CallAsync();
        await peer.SendDataAsync(unary, RawClient.Frame(new Ping { Text = "in flight" }), end: true);
        var stream = await peer.CallAsync("/tests.v1.Shapes/Duplex");
        await entered.Task.WaitAsync(Long);
        Assert.Equal(Http2FrameType.Settings, (await idle.ReadAsync(0))!.Type);

        var stopped = host.App.StopAsync();
        var goAway = await peer.ReadAsync(Http2FrameType.GoAway);
        var ended = await peer.ReadAnswerAsync(stream);
        Assert.Equal(Http2ErrorCode.NoError, (await idle.ReadAsync(Http2FrameType.GoAway))!.ErrorCode);
        var late = await peer.PostAsync(RawClient.Frame(new HealthCheckRequest()), "/grpc.health.v1.Health/Check");
        Assert.False(stopped.IsCompleted);
        release.SetResult();
        var finished = await peer.ReadAnswerAsync(unary);

        Assert.Equal(Http2ErrorCode.NoError, goAway!.ErrorCode);
        Assert.Equal(RawClient.Frame(new HealthCheckResponse { Status = ServingStatus.NotServing }), late.Body);
        Assert.Equal(("HEADERS!", StatusCode.Unavailable), (ended.Shape, ended.Status));
        Assert.Equal(("HEADERS DATA HEADERS!", StatusCode.OK), (finished.Shape, finished.Status));
        Assert.Null(await idle.ReadAsync(0));
        // The client closes, as all do; the server has closed the connection on which nothing was under way.
        await peer.DisposeAsync();
        await stopped.WaitAsync(Long);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Stop_Health_TurnsNotServingForGood()
    {
        await using var host = await GrpcHost.StartAsync();
        var health = host.App.Services.GetRequiredService<HealthServiceImpl>();
        health.SetStatus("", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, (await health.Check(new HealthCheckRequest(), null!)).Status);

        await host.App.StopAsync().WaitAsync(Long);
        Assert.Equal(ServingStatus.NotServing, (await health.Check(new HealthCheckRequest(), null!)).Status);
        health.SetStatus("", ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, (await health.Check(new HealthCheckRequest(), null!)).Status);
    }
}
