using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Client;

/// <summary>The client half against servers that are not as they should be.</summary>
public sealed class GrpcChannelTests
{
    [Fact]
    public async Task Unary_NobodyListens_IsUnavailable()
    {
        int port;
        using (var unused = new TcpListener(IPAddress.Loopback, 0))
        {
            unused.Start();
            port = ((IPEndPoint)unused.LocalEndpoint).Port;
        }

        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        using var call = new Shapes.V1.Shapes.ShapesClient(channel).UnaryAsync(new Ping());

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);
    }

    [Fact]
    public async Task Unary_HttpErrorWithoutAStatus_IsMapped()
    {
        await using var host = await GrpcHost.StartAsync();
        using var http = new HttpClient(new StatusHandler(HttpStatusCode.TooManyRequests));
        using var channel = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions { HttpClient = http });

        var fault = await Assert.ThrowsAsync<RpcException>(() => new Shapes.V1.Shapes.ShapesClient(channel).UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
    }

    [Fact]
    public async Task Unary_MoreCallsThanAConnectionHasStreams_TakesAnotherConnection()
    {
        await using var host = await GrpcHost.StartAsync(services: services => services.Configure<KestrelServerOptions>(
            kestrel => kestrel.Limits.Http2.MaxStreamsPerConnection = 1));
        // Afterwards the client knows the limit.
        await host.Client.UnaryAsync(new Ping());
        using var bothIn = new CountdownEvent(2);
        var release = new TaskCompletionSource();
        host.Behavior.Unary = async (_, _) =>
        {
            bothIn.Signal();
            await release.Task;
            return new Pong();
        };

        var calls = new[] { host.Client.UnaryAsync(new Ping()).ResponseAsync, host.Client.UnaryAsync(new Ping()).ResponseAsync };
        Assert.True(await Task.Run(() => bothIn.Wait(TimeSpan.FromSeconds(30))));
        release.SetResult();

        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Unary_GzipResponse_IsInflatedUpToTheLimit()
    {
        await using var host = await GrpcHost.StartAsync();
        using var narrow = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions { MaxReceiveMessageSize = 10_000 });
        host.Behavior.Unary = (_, _) => Task.FromResult(new Pong { Data = Google.Protobuf.ByteString.CopyFrom(new byte[20_000]) });

        Assert.Equal(20_000, (await host.Client.UnaryAsync(new Ping())).Data.Length);
        var fault = await Assert.ThrowsAsync<RpcException>(() => new Shapes.V1.Shapes.ShapesClient(narrow).UnaryAsync(new Ping()).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
    }

    [Fact]
    public async Task BlockingUnary_Request_ReturnsTheResponse()
    {
        await using var host = await GrpcHost.StartAsync();

        Assert.Equal("hello", host.Client.Unary(new Ping { Text = "hello" }).Text);
    }

    [Fact]
    public async Task Unary_ServerSpeaksHttp11Only_IsUnavailable()
    {
        await using var host = await GrpcHost.StartAsync(protocols: HttpProtocols.Http1);

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
    }

    private sealed class StatusHandler(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request, Content = new ByteArrayContent([]) });
    }
}
