using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Client;

/// <summary>How calls end at their caller.</summary>
public sealed class ClientCallTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ServerStreaming_HeadersOnly_ArriveBeforeAnyoneReads()
    {
        await using var host = await GrpcHost.StartAsync();
        var read = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-head", "first" } });
            await read.Task;
            await responses.WriteAsync(new Pong { Text = "one" });
        };

        using var call = host.Client.ServerStreaming(new Ping());
        var headers = await call.ResponseHeadersAsync.WaitAsync(Long);
        read.SetResult();

        Assert.Equal("first", headers.GetValue("x-head"));
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ServerStreaming_DisposedWithoutAnyoneReading_TheServerHearsOfIt()
    {
        await using var host = await GrpcHost.StartAsync();
        var cancelled = new TaskCompletionSource();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await responses.WriteAsync(new Pong { Text = "one" });
            await cancelled.Task;
        };

        var call = host.Client.ServerStreaming(new Ping());
        await call.ResponseHeadersAsync.WaitAsync(Long);
        call.Dispose();

        await cancelled.Task.WaitAsync(Long);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task MoveNext_ItsTokenIsCancelled_CancelsTheCall()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.ServerStreaming = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Pong { Text = "one" });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        using var call = host.Client.ServerStreaming(new Ping());
        Assert.True(await call.ResponseStream.MoveNext());
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(source.Token).WaitAsync(Long));

        Assert.Equal((StatusCode.Cancelled, StatusCode.Cancelled), (fault.StatusCode, call.GetStatus().StatusCode));
    }

    [Fact]
    public async Task Unary_DeadlineHasPassed_IsNotSent()
    {
        using var server = new ScriptedServer(ScriptedServer.Good);
        var client = new Shapes.V1.Shapes.ShapesClient(server.Channel(policy: null));

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => client.UnaryAsync(new Ping { Text = "hello" }, deadline: DateTime.UnixEpoch).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, fault.StatusCode);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Unary_DeadlineFarAway_IsServed()
    {
        await using var host = await GrpcHost.StartAsync();

        var pong = await host.Client.UnaryAsync(new Ping { Text = "hello" }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddYears(100));

        Assert.Equal("hello", pong.Text);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData(null)]
    public async Task Unary_AnswerOfAnotherContentType_IsUnknownAndSaysSo(string? contentType)
    {
        using var server = new ScriptedServer(() =>
        {
            var response = new HttpResponseMessage { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
            if (contentType is not null)
                response.Content.Headers.Add("content-type", contentType);
            response.TrailingHeaders.Add("grpc-status", "0");
            return response;
        });

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => new Shapes.V1.Shapes.ShapesClient(server.Channel(policy: null)).UnaryAsync(new Ping { Text = "hello" }).ResponseAsync);

        Assert.Equal(StatusCode.Unknown, fault.StatusCode);
        Assert.Contains($"\"{contentType}\", which is not gRPC", fault.Status.Detail);
    }

    [Fact]
    public async Task Unary_RequestBeyondTheLimit_IsResourceExhausted()
    {
        await using var host = await GrpcHost.StartAsync();
        using var channel = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions { MaxSendMessageSize = 3 });

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => new Shapes.V1.Shapes.ShapesClient(channel).UnaryAsync(new Ping { Text = "hello" }).ResponseAsync.WaitAsync(Long));

        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
    }

    [Fact]
    public async Task Unary_ConnectionIsResetBeforeTheHeaders_IsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = GrpcChannel.ForAddress($"http://{listener.LocalEndpoint}");
        var call = new Shapes.V1.Shapes.ShapesClient(channel).UnaryAsync(new Ping());
        using (var connection = await listener.AcceptSocketAsync())
        {
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
            await connection.ReceiveAsync(new byte[1]);
        }

        listener.Stop();
        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(Long));

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
    }
}
