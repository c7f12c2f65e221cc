using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>The real service on a real engine.</summary>
[Collection(DockerCollection.Name)]
public sealed class DockerServerTests(DockerDaemon daemon, ITestOutputHelper output) : ServiceTest(output)
{
    private const string Installation = "docker-server-tests";

    protected override string[] Options =>
    [
        .. DockerInstallation.Arguments(DockerInstallation.Options(daemon)),
        $"--Servers:InstallationId={Installation}",
        "--Servers:Lifecycle:LivenessInterval=00:00:01",
        "--Servers:Lifecycle:LivenessFailures=2",
    ];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await daemon.RemoveAllAsync(Installation);
    }

    [Fact]
    public async Task Terminate_RunningServer_RemovesItsContainer()
    {
        var server = await Service.ProvisionRunningAsync("builder");
        Assert.Equal(["running"], await daemon.ContainersAsync(Installation, "{{.State}}"));
        Assert.Equal([server.Id], await daemon.ContainersAsync(Installation));
        await AssertPingAsync(server);

        await Service.TerminateAsync("builder");
        await Service.BecomesAsync("builder", "stopped");

        Assert.Empty(await daemon.ContainersAsync(Installation));
    }

    [Fact]
    public async Task Kill_RunningServer_IsNoticedAndCanBeTerminated()
    {
        var server = await Service.ProvisionRunningAsync("victim");

        await daemon.DockerAsync("kill", server.Id);
        await Service.BecomesAsync("victim", "error");
        Assert.Contains("Unreachable", await Service.ReasonsAsync("victim"));
        Assert.Equal(["exited"], await daemon.ContainersAsync(Installation, "{{.State}}"));
        await Service.TerminateAsync("victim");
        await Service.BecomesAsync("victim", "stopped");

        Assert.Empty(await daemon.ContainersAsync(Installation));
    }

    [Fact]
    public async Task Remove_RunningServer_IsLost()
    {
        var server = await Service.ProvisionRunningAsync("victim");

        await daemon.DockerAsync("rm", "--force", "--volumes", server.Id);

        await Service.BecomesAsync("victim", "stopped");
        Assert.Contains("InstanceLost", await Service.ReasonsAsync("victim"));
    }

    private static async Task AssertPingAsync(ServerView server)
    {
        using var pems = new Pems(server);
        var ping = await Curl.SendAsync(
            "--cacert", pems.CaCertificate, "--cert", pems.Certificate, "--key", pems.Key,
            "--resolve", $"{server.Name}:2376:{server.Address}", $"https://{server.Name}:2376/_ping");
        Assert.Equal((200, "OK"), (ping.Status, ping.Body));
    }
}
