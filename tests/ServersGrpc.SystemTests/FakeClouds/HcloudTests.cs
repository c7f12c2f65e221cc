using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.FakeClouds;

/// <summary>Hetzner's own command line, as Debian ships it, takes the fake for the real one.</summary>
public sealed class HcloudTests : IAsyncLifetime
{
    private FakeCloudProcess _cloud = null!;

    public async Task InitializeAsync() => _cloud = await FakeCloudProcess.StartAsync();

    public async Task DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task Hcloud_LifeOfAServer_Works()
    {
        await RunAsync("ssh-key", "create", "--name", "me", "--public-key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA8J2Jx0Ko1iFp+Q0mGZr0cT9l9Q0j3mEo3V0m0Gd2bU me");
        await RunAsync("network", "create", "--name", "inner", "--ip-range", "10.0.0.0/16");
        await RunAsync("firewall", "create", "--name", "wall");
        var created = await RunAsync(
            "server", "create", "--name", "web-1", "--type", "cx23", "--image", "debian-12", "--location", "fsn1", "--ssh-key", "me",
            "--network", "inner", "--firewall", "wall", "--label", "env=test");
        await RunAsync("volume", "create", "--name", "data", "--size", "10", "--server", "web-1");
        var machine = Assert.Single((await _cloud.Client.GetBillAsync()).Machines);

        var described = JsonNode.Parse(await RunAsync("server", "describe", "web-1", "-o", "json"))!;
        var listed = await RunAsync("server", "list", "--selector", "env=test", "-o", "columns=name,status,ipv4");
        var unlisted = await RunAsync("server", "list", "--selector", "env=live", "-o", "noheader");
        await RunAsync("server", "poweroff", "web-1");
        await RunAsync("server", "add-label", "web-1", "team=a");
        await RunAsync("server", "describe", "web-1");
        var volumes = await RunAsync("volume", "list", "-o", "columns=name,server");
        await RunAsync("volume", "detach", "data");
        await RunAsync("volume", "delete", "data");
        await RunAsync("server", "delete", "web-1");

        Assert.Contains($"Server {machine.Id} created", created, StringComparison.Ordinal);
        Assert.Contains(machine.Address, created, StringComparison.Ordinal);
        Assert.Equal((machine.Id, "running", "test"), ((long)described["id"]!, (string?)described["status"], (string?)described["labels"]!["env"]));
        Assert.Contains($"web-1   running   {machine.Address}", listed, StringComparison.Ordinal);
        Assert.Equal("", unlisted.Trim());
        Assert.Contains("web-1", volumes, StringComparison.Ordinal);
        Assert.True((await _cloud.Client.GetBillAsync()) is { Machines: [], Things: [], MachinesMade: 1 });
    }

    [Theory]
    [InlineData("server-type", "cx23")]
    [InlineData("image", "debian-12")]
    [InlineData("location", "fsn1")]
    [InlineData("datacenter", "fsn1-dc14")]
    [InlineData("ssh-key", "NAME")]
    [InlineData("volume", "NAME")]
    [InlineData("primary-ip", "NAME")]
    [InlineData("network", "NAME")]
    [InlineData("firewall", "NAME")]
    public async Task Hcloud_List_Works(string what, string expected)
    {
        Assert.Contains(expected, await RunAsync(what, "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hcloud_Refused_SaysWhy()
    {
        await _cloud.Client.FailAsync(new() { Kind = FaultKind.OutOfStock });

        var result = await HcloudAsync("server", "create", "--name", "a", "--type", "cx23", "--image", "debian-12");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("error during placement (resource_unavailable)", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var result = await HcloudAsync(arguments);
        Assert.True(result.ExitCode == 0, $"hcloud {string.Join(' ', arguments)}: {result.Error}{result.Output}");
        return result.Output;
    }

    private Task<CommandResult> HcloudAsync(params string[] arguments) => ExternalCommand.RunAsync("hcloud", arguments, new Dictionary<string, string>
    {
        ["HCLOUD_TOKEN"] = new FakeCloudSettings().HetznerToken,
        ["HCLOUD_ENDPOINT"] = _cloud.Client.HetznerEndpoint.ToString(),
        ["HCLOUD_CONFIG"] = Path.Combine(Path.GetTempPath(), "no-such-hcloud-config.toml"),
        ["NO_PROXY"] = "*",
    });
}
