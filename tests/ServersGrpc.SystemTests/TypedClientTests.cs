using Google.Rpc;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>The generated C# client over the project's own channel.</summary>
public class TypedClientTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Fact]
    public async Task Client_WholeLife_Works()
    {
        using var client = new TypedClient(Service);
        using var watch = client.Servers.WatchServers(new WatchServersRequest(), client.Call());
        var request = new ProvisionServerRequest { Name = "typed", Labels = { ["team"] = "a" }, RequestId = "3f8c" };

        // From its first word on, the stream misses nothing.
        Assert.True(await watch.ResponseStream.MoveNext());
        var provisioned = await client.Servers.ProvisionServerAsync(request, client.Call());
        var again = await client.Servers.ProvisionServerAsync(request, client.Call());
        var states = new List<string>();
        while (states.LastOrDefault() != "running" && await watch.ResponseStream.MoveNext())
            states.Add(watch.ResponseStream.Current.Server?.State ?? "");
        var got = await client.Servers.GetServerAsync(new GetServerRequest { Name = "typed" }, client.Call());
        var listed = await client.Servers.ListServersAsync(new ListServersRequest { LabelSelector = "team=a" }, client.Call());
        var terminated = await client.Servers.TerminateServerAsync(new TerminateServerRequest { Name = "typed" }, client.Call());

        Assert.Equal(("typed", "a", provisioned.Created), (provisioned.Name, provisioned.Labels["team"], again.Created));
        Assert.Contains("pending", states);
        Assert.Equal(("running", provisioned.CaCert), (got.State, got.CaCert));
        Assert.Equal(got, Assert.Single(listed.Servers));
        Assert.Equal("typed", terminated.Name);
        await Service.BecomesAsync("typed", "stopped");
    }

    [Fact]
    public async Task Client_ListsAPage_TheNextIsInTheMessageAlone()
    {
        await Service.PauseAsync();
        using var client = new TypedClient(Service);
        foreach (var name in (string[])["one", "two"])
            await client.Servers.ProvisionServerAsync(new() { Name = name }, client.Call());

        using var call = client.Servers.ListServersAsync(new() { PageSize = 1 }, client.Call());

        Assert.NotEqual("", (await call.ResponseAsync).NextPageToken);
        Assert.DoesNotContain(await call.ResponseHeadersAsync, header => header.Key == "link");
    }

    [Fact]
    public async Task Client_CallFails_HasItsDetails()
    {
        using var client = new TypedClient(Service);

        var missing = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.GetServerAsync(new GetServerRequest { Name = "none" }, client.Call()).ResponseAsync);
        var invalid = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.ProvisionServerAsync(new ProvisionServerRequest { Capacity = -1 }, client.Call()).ResponseAsync);
        var stranger = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.ListServersAsync(new ListServersRequest()).ResponseAsync);

        Assert.Equal([StatusCode.NotFound, StatusCode.InvalidArgument, StatusCode.Unauthenticated], [missing.StatusCode, invalid.StatusCode, stranger.StatusCode]);
        var info = missing.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.Equal(("SERVER_NOT_FOUND", "none"), (info?.Reason, info?.Metadata["name"]));
        Assert.Equal("capacity", Assert.Single(invalid.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
        Assert.Equal("TOKEN_MISSING", stranger.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    [Fact]
    public async Task Client_DeadlinePasses_StreamEnds()
    {
        using var client = new TypedClient(Service);
        using var watch = client.Servers.WatchServers(new WatchServersRequest(), client.Call(TimeSpan.FromMilliseconds(300)));

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await watch.ResponseStream.ReadAllAsync().CountAsync());

        Assert.Equal(StatusCode.DeadlineExceeded, fault.StatusCode);
    }

    [Fact]
    public async Task Client_ServiceIsKilledAndStartsAgain_CallsThatMayRunTwiceSucceed()
    {
        using var client = new TypedClient(Service);
        var provisioned = await client.Servers.ProvisionServerAsync(new ProvisionServerRequest { Name = "outlives" }, client.Call());
        await Service.KillAsync();

        var get = client.Servers.GetServerAsync(new GetServerRequest { Name = "outlives" }, client.Call()).ResponseAsync;
        var provision = client.Servers.ProvisionServerAsync(new ProvisionServerRequest { Name = "later", RequestId = "a1" }, client.Call()).ResponseAsync;
        using var watch = client.Servers.WatchServers(new WatchServersRequest(), client.Call());
        // No policy, no second attempt.
        var events = await Assert.ThrowsAsync<RpcException>(
            () => client.Servers.ListServerEventsAsync(new ListServerEventsRequest { Name = "outlives" }, client.Call()).ResponseAsync);
        await Service.StartAsync(atSameAddress: true);

        Assert.Equal(StatusCode.Unavailable, events.StatusCode);
        Assert.Equal(provisioned.CaCert, (await get).CaCert);
        Assert.Equal("later", (await provision).Name);
        Assert.True(await watch.ResponseStream.MoveNext());
    }
}
