using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Wire;

/// <summary>Calls that end before their method does.</summary>
public sealed class CancellationTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly byte[] Hello = RawClient.Frame(new Ping { Text = "hello" });

    [Fact]
    public async Task Post_DeadlinePasses_CancelsTheMethodAndAnswersDeadlineExceeded()
    {
        var time = new ManualTime();
        await using var host = await GrpcHost.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
        var entered = new TaskCompletionSource<DateTime>();
        host.Behavior.Unary = async (_, context) =>
        {
            entered.SetResult(context.Deadline);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new Pong();
        };

        var answering = host.Raw.PostAsync(Hello, headers: ("grpc-timeout", "50m"));
        var deadline = await entered.Task.WaitAsync(Long);
        var expected = (time.GetUtcNow() + TimeSpan.FromMilliseconds(50)).UtcDateTime;
        time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(StatusCode.DeadlineExceeded, (await answering).Status);
        Assert.Equal((expected, DateTimeKind.Utc), (deadline, deadline.Kind));
        Assert.Empty(host.Logs.At(LogLevel.Error));
    }

    [Fact]
    public async Task Post_MethodReturnsAfterTheDeadline_IsDeadlineExceededAllTheSame()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = async (_, context) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = context.CancellationToken.Register(() => cancelled.SetResult());
            await cancelled.Task;
            return new Pong();
        };

        Assert.Equal(StatusCode.DeadlineExceeded, (await host.Raw.PostAsync(Hello, headers: ("grpc-timeout", "10m"))).Status);
    }

    [Theory]
    [InlineData("0S")]
    [InlineData("1n")]
    public async Task Post_DeadlineOverBeforeItBegan_TheMethodIsNotRun(string timeout)
    {
        await using var host = await GrpcHost.StartAsync();
        var ran = false;
        host.Behavior.Unary = (_, _) =>
        {
            ran = true;
            return Task.FromResult(new Pong());
        };

        Assert.Equal(StatusCode.DeadlineExceeded, (await host.Raw.PostAsync(Hello, headers: ("grpc-timeout", timeout))).Status);
        Assert.False(ran);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("20S")]
    public async Task Post_DeadlineFarAway_IsServed(string timeout)
    {
        await using var host = await GrpcHost.StartAsync();

        Assert.Equal(StatusCode.OK, (await host.Raw.PostAsync(Hello, headers: ("grpc-timeout", timeout))).Status);
    }

    [Fact]
    public async Task Duplex_DeadlinePassesWhileWaitingForARequest_IsDeadlineExceeded()
    {
        await using var host = await GrpcHost.StartAsync();
        var ended = new TaskCompletionSource<Exception?>();
        host.Behavior.Duplex = async (requests, _, _) =>
        {
            ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));
        };

        using var call = host.Client.Duplex(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100));
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.DeadlineExceeded, fault.StatusCode);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallerGoesAway_TheMethodIsCancelledAndNothingIsLogged(bool writing)
    {
        await using var host = await GrpcHost.StartAsync();
        var entered = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception>();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            entered.SetResult();
            try
            {
                // Written to a caller that does not read, this soon waits for room.
                while (writing)
                    await responses.WriteAsync(new Pong { Data = ByteString.CopyFrom(new byte[100_000]) });
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            catch (Exception fault)
            {
                ended.SetResult(fault);
                throw;
            }
        };

        var call = host.Client.ServerStreaming(new Ping());
        await entered.Task.WaitAsync(Long);
        call.Dispose();
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(Long));

        Assert.Equal(StatusCode.Cancelled, fault.StatusCode);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task CallerGoesAway_WhileItsRequestsAreRead_NothingIsLogged()
    {
        await using var host = await GrpcHost.StartAsync();
        var entered = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        host.Behavior.ClientStreaming = async (requests, _) =>
        {
            await requests.MoveNext();
            entered.SetResult();
            var fault = await Record.ExceptionAsync(() => requests.MoveNext());
            ended.SetResult(fault);
            throw fault;
        };

        using var call = host.Client.ClientStreaming();
        await call.RequestStream.WriteAsync(new Ping());
        await entered.Task.WaitAsync(Long);
        call.Dispose();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Long));
        await host.DisposeAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task TokenOfTheCaller_Cancelled_EndsTheCallAsCancelled()
    {
        await using var host = await GrpcHost.StartAsync();
        var entered = new TaskCompletionSource();
        host.Behavior.Unary = async (_, context) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new Pong();
        };
        using var source = new CancellationTokenSource();

        var call = host.Client.UnaryAsync(new Ping(), cancellationToken: source.Token);
        await entered.Task.WaitAsync(Long);
        await source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }
}
