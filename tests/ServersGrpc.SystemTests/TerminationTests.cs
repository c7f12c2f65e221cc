using System.Net;
using System.Net.Sockets;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>Whatever a server is doing when its end is asked for: it ends, and nothing of it is left.</summary>
public class TerminationTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData("")]
    [InlineData("?force=true")]
    public async Task Terminate_Running_LeavesNothing(string query)
    {
        var running = await Service.ProvisionRunningAsync("ended");
        Assert.Equal([Agents.Pid(running)], Agents.Of(Service.DataDirectory));

        await Service.TerminateAsync("ended", query);
        var stopped = await Service.BecomesAsync("ended", "stopped");

        AssertNothingIsLeft();
        Assert.InRange(stopped.Stopped, running.Started, running.Started + (long)Eventually.Patience.TotalSeconds);
        Assert.Equal("", stopped.Error);
        using var port = new TcpListener(IPAddress.Parse(running.Address), 2376);
        port.Start();
    }

    [Fact]
    public async Task Terminate_Twice_ChangesNothingMore()
    {
        await Service.ProvisionRunningAsync("twice");

        await Service.TerminateAsync("twice");
        await Service.TerminateAsync("twice");
        var stopped = await Service.BecomesAsync("twice", "stopped");
        var again = await Service.TerminateAsync("twice");

        Assert.Equal((stopped.Etag, stopped.State, stopped.Updated), (again.Etag, again.State, again.Updated));
        Assert.Single(await Service.ReasonsAsync("twice"), "TerminateRequested");
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Terminate_AtEveryMomentOfItsCreation_LeavesNothing()
    {
        const int Servers = 16;
        var names = Enumerable.Range(0, Servers).Select(number => $"early-{number}").ToList();

        // From before its first step until about when it runs.
        await Task.WhenAll(names.Select(async (name, number) =>
        {
            await Service.ProvisionAsync(name);
            await Task.Delay(TimeSpan.FromMilliseconds(60 * number));
            await Service.TerminateAsync(name, number % 2 == 0 ? "" : "?force");
        }));

        foreach (var name in names) await Service.BecomesAsync(name, "stopped");
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Terminate_NeverCreated_MakesNothing()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("never");

        await Service.TerminateAsync("never");
        var stopped = await Service.BecomesAsync("never", "stopped");
        await Service.ResumeAsync();
        await Service.ProvisionRunningAsync("after");

        Assert.Equal(("", 0), (stopped.Id, stopped.Started));
        Assert.DoesNotContain("InstanceCreated", await Service.ReasonsAsync("never"));
        Assert.Single(Agents.Of(Service.DataDirectory));
    }

    [Fact]
    public async Task Terminate_ServiceRestartedMeanwhile_LeavesNothing()
    {
        await Service.ProvisionRunningAsync("interrupted");
        await Service.TerminateAsync("interrupted");

        await Service.KillAsync();
        await Service.StartAsync();

        await Service.BecomesAsync("interrupted", "stopped");
        AssertNothingIsLeft();
    }

    // At once: a row that reads stopped says that nothing is there.
    private void AssertNothingIsLeft() => Assert.Empty(Agents.Of(Service.DataDirectory));
}
