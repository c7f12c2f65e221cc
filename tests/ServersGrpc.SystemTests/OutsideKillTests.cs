using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>A machine that ends without being told to.</summary>
public class OutsideKillTests(ITestOutputHelper output) : ServiceTest(output)
{
    protected override string[] Options => ["--Servers:Lifecycle:LivenessInterval=00:00:01"];

    [Fact]
    public async Task Kill_RunningServer_IsNoticedAndReported()
    {
        var survivor = await Service.ProvisionRunningAsync("survivor");
        var victim = await Service.ProvisionRunningAsync("victim");

        Signals.Send(Agents.Pid(victim), Signals.Kill);
        var lost = await Service.BecomesAsync("victim", "stopped");

        Assert.True(lost.Stopped >= victim.Started);
        Assert.Contains("InstanceLost", await Service.ReasonsAsync("victim"));
        Assert.Equal(("running", survivor.Id), ((await Service.GetAsync("survivor")).State, survivor.Id));
        Assert.Equal([Agents.Pid(survivor)], Agents.Of(Service.DataDirectory));
    }

    [Fact]
    public async Task Kill_WhileTheServiceIsDown_IsNoticedAfterItsStart()
    {
        var victim = await Service.ProvisionRunningAsync("victim");

        Assert.Equal(0, await Service.StopAsync());
        Signals.Send(Agents.Pid(victim), Signals.Kill);
        await Service.StartAsync();

        await Service.BecomesAsync("victim", "stopped");
        Assert.Contains("InstanceLost", await Service.ReasonsAsync("victim"));
    }
}
