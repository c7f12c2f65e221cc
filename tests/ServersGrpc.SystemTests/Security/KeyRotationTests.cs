using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>The key of the database is changed by its command, while the service runs, and whatever is killed on the way.</summary>
public sealed class KeyRotationTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Servers = 300;

    protected override string[] Options => [$"--Servers:MaxServers={Servers * 2}"];

    private string KeyFile => Path.Combine(Service.DataDirectory, "encryption.key");

    [Fact]
    public async Task Rotate_WhileCallersCall_LosesNothing()
    {
        await Service.PauseAsync();
        var before = await ProvisionAsync();
        var key = await File.ReadAllTextAsync(KeyFile);

        var calls = Task.WhenAll(Enumerable.Range(0, 50).Select(i => Service.ProvisionAsync($"meanwhile-{i}")));
        var rotated = await Tokens.CommandAsync(Service, "key", "rotate");
        await calls;

        Assert.True(rotated.ExitCode == 0, rotated.Error);
        Assert.DoesNotContain(key.Trim(), await File.ReadAllTextAsync(KeyFile), StringComparison.Ordinal);
        await Service.KillAsync();
        await Service.StartAsync();
        await AssertAsync(before);
        // Not while the service runs, the command does the same.
        await Service.StopAsync();
        Assert.Equal(0, (await Tokens.CommandAsync(Service, "key", "rotate")).ExitCode);
        await Service.StartAsync();
        await AssertAsync(before);
    }

    [Fact]
    public async Task Rotate_KilledOnTheWay_StartsAndIsCompleted()
    {
        await Service.PauseAsync();
        var before = await ProvisionAsync();
        var random = new Random();
        for (var kill = 0; kill < 8; kill++)
        {
            var command = Tokens.CommandAsync(Service, "key", "rotate");
            // A command takes about half a second to begin.
            await Task.Delay(random.Next(300, 900));
            await Service.KillAsync();
            await command;
            await Service.StartAsync();
            await AssertAsync(before);
        }

        Assert.Equal(0, (await Tokens.CommandAsync(Service, "key", "rotate")).ExitCode);
        Assert.Single(await File.ReadAllLinesAsync(KeyFile), line => line.Trim().Length > 0);
        await Service.KillAsync();
        await Service.StartAsync();
        await AssertAsync(before);
    }

    private async Task<Dictionary<string, string>> ProvisionAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Servers).Select(i => Service.ProvisionAsync($"s{i}")));
        return await SecretsAsync();
    }

    private async Task AssertAsync(Dictionary<string, string> before)
    {
        var now = await SecretsAsync();
        Assert.All(before, server => Assert.Equal(server.Value, now[server.Key]));
    }

    private async Task<Dictionary<string, string>> SecretsAsync() =>
        System.Text.Json.Nodes.JsonNode.Parse(await Service.Http.GetStringAsync("/api/servers"))!.AsArray()
            .ToDictionary(server => (string)server!["name"]!, server => $"{server!["secret"]} {server["ca_key"]} {server["tls_key"]}");
}
