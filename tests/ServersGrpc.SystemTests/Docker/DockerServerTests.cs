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
        var ping = await server.PingAsync();
        Assert.Equal((200, "OK"), (ping.Status, ping.Body));
        var byAddress = await server.PingByAddressAsync();
        Assert.Equal((200, "OK"), (byAddress.Status, byAddress.Body));

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

    [Fact]
    public async Task Rotate_RunningServer_AnswersToItsNewCertificatesAlone()
    {
        var before = await Service.ProvisionRunningAsync("rotated");

        var after = await Service.RotateAsync("rotated");

        Assert.Equal((before.Id, "running"), (after.Id, after.State));
        Assert.NotEqual(before.Secret, after.Secret);
        Assert.Equal((200, "OK"), await PingAsync(after));
        Assert.NotEqual(200, (await PingAsync(before)).Status);
        Assert.Equal(["CredentialsRotationRequested", "CredentialsRotated"], (await Service.ReasonsAsync("rotated")).TakeLast(2));
        // An engine's machine that starts anew starts its containers with what they have now.
        await daemon.DockerAsync("restart", "--time", "1", after.Id);
        await Eventually.SeeAsync(() => PingAsync(after), ping => ping == (200, "OK"), "it answers after a restart");

        static async Task<(int Status, string Body)> PingAsync(ServerView server)
        {
            var ping = await server.PingAsync();
            return (ping.Status, ping.Body);
        }
    }
}
