using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>gRPC-Web by .NET's own client, in both forms and both versions of HTTP.</summary>
public sealed class GrpcWebTests(SharedService shared) : IClassFixture<SharedService>
{
    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb, 1)]
    [InlineData(GrpcWebMode.GrpcWeb, 2)]
    [InlineData(GrpcWebMode.GrpcWebText, 1)]
    [InlineData(GrpcWebMode.GrpcWebText, 2)]
    public async Task Client_EveryShapeOfCall_Works(GrpcWebMode mode, int version)
    {
        await Service.PauseAsync();
        using var channel = GrpcChannel.ForAddress(Service.Address, new()
        {
            HttpHandler = new GrpcWebHandler(mode, new SocketsHttpHandler()),
            HttpVersion = new(version, version == 1 ? 1 : 0),
        });
        var client = new ServerService.ServerServiceClient(channel);
        var name = $"web-{mode.ToString().ToLowerInvariant()}-{version}";

        using var watch = client.WatchServers(new(), Token);
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience));
        var made = await client.ProvisionServerAsync(new() { Name = name, UserData = "é\u0000" }, Token);
        while (watch.ResponseStream.Current.Server?.Name != name)
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Patience));
        var listed = await client.ListServersAsync(new(), Token);
        var missing = await Assert.ThrowsAsync<RpcException>(() => client.GetServerAsync(new() { Name = "nö" }, Token).ResponseAsync);
        using var shortWatch = client.WatchServers(new(), Token, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1));
        var late = await Assert.ThrowsAsync<RpcException>(async () => await shortWatch.ResponseStream.ReadAllAsync().CountAsync());

        Assert.Equal(made.TlsKey, watch.ResponseStream.Current.Server.TlsKey);
        Assert.Contains(listed.Servers, server => server.Name == name);
        Assert.Equal((StatusCode.NotFound, "There is no server named \"nö\"."), (missing.StatusCode, missing.Status.Detail));
        Assert.Equal("SERVER_NOT_FOUND", missing.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    private Metadata Token => new() { { "authorization", $"Bearer {Service.Token}" } };
}
