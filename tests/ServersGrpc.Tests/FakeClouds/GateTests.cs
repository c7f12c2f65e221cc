using System.Net;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>Calls that are stopped at a point, so that a test can do something just then.</summary>
public class GateTests : FakeCloudTest
{
    [Theory]
    [InlineData(CallPoint.Before, 0)]
    [InlineData(CallPoint.After, 1)]
    public async Task Gate_Reached_StandsBeforeOrAfterTheEffect(CallPoint point, int machines)
    {
        var gate = await Fake.AddGateAsync(new() { Point = point, Route = "servers.create" });
        var create = CreateServerAsync("a");

        var call = await Fake.WaitAtGateAsync(gate);
        var during = await Fake.GetBillAsync();
        await Fake.OpenGateAsync(gate);

        Assert.Equal(("servers.create", (int?)null), (call.Route, call.Status));
        Assert.Equal(machines, during.MachinesMade);
        Assert.NotNull((await create)["server"]);
    }

    [Theory]
    [InlineData(CallPoint.Before, 0)]
    [InlineData(CallPoint.After, 1)]
    public async Task Gate_Dropped_CutsTheCallOff(CallPoint point, int machines)
    {
        var gate = await Fake.AddGateAsync(new() { Point = point, Route = "servers.*" });
        var create = CreateServerAsync("a");
        await Fake.WaitAtGateAsync(gate);

        await Fake.DropGateAsync(gate);

        await Assert.ThrowsAsync<HttpRequestException>(() => create);
        Assert.Equal(machines, (await Fake.GetBillAsync()).MachinesMade);
    }

    [Fact]
    public async Task Gate_CallerGoneThenOpened_IsDoneAllTheSame()
    {
        var gate = await Fake.AddGateAsync(new() { Point = CallPoint.Before });
        var create = CreateServerAsync("a");
        await Fake.WaitAtGateAsync(gate);
        Cloud.Hetzner.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => create);
        Assert.Equal(0, (await Fake.GetBillAsync()).MachinesMade);

        await Fake.OpenGateAsync(gate);

        await SeeAsync(() => Fake.GetBillAsync(), bill => bill.MachinesMade == 1);
    }

    [Fact]
    public async Task Gate_Skip_StopsTheCallAfterThose()
    {
        var gate = await Fake.AddGateAsync(new() { Point = CallPoint.Before, Route = "servers.list", Skip = 2 });
        await Cloud.Hetzner.GetAsync("servers");
        await Cloud.DigitalOcean.GetAsync("droplets");
        await Cloud.Hetzner.GetAsync("servers");

        var third = Cloud.Hetzner.GetAsync("servers");
        var call = await Fake.WaitAtGateAsync(gate);
        var fourth = await Cloud.Hetzner.GetAsync("servers");
        await Fake.OpenGateAsync(gate);

        Assert.Equal(4, call.Sequence);
        Assert.Equal(HttpStatusCode.OK, fourth.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third).StatusCode);
        Assert.Equal(4, (await Fake.GetCallCountsAsync())["hetznercloud servers.list"]);
    }
}
