using System.Collections.Concurrent;
using System.Runtime.Versioning;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Security;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>Backups by their commands: made while callers call, and restored to another data directory.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Writers = 4;
    private const int Most = 5000;

    private static readonly string[] Settings = [$"--Servers:MaxServers={Most}"];

    private readonly string _place = Directory.CreateTempSubdirectory("servers-backup-").FullName;

    protected override string[] Options => Settings;

    private string Backup => Path.Combine(_place, "servers.backup");

    private string Other => Path.Combine(_place, "data");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task Backup_WhileCallersCall_RestoredServiceHasAllThatWasAcknowledgedBefore()
    {
        await Service.PauseAsync();
        var acknowledged = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));
        await Eventually.BeAsync(() => acknowledged.Count >= 100, "a hundred servers are acknowledged");

        var before = acknowledged.ToList();
        await RunAsync("backup", Backup);
        await Eventually.BeAsync(() => acknowledged.Count >= before.Count + 20, "calls go on");
        await stop.CancelAsync();
        await writing;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        Assert.Equal([Backup], Directory.GetFiles(_place));
        var secrets = await SecretsAsync(Service);
        Assert.Empty(acknowledged.Except(secrets.Keys));
        await Service.KillAsync();

        await RunAsync("restore", Backup, "--data-directory", Other);
        CopyKey();
        await using var restored = await ServiceProcess.StartAsync(Other, Output, Settings);
        var held = await SecretsAsync(restored);
        Output.WriteLine($"{before.Count} were acknowledged before the backup, {held.Count} are in it, {secrets.Count} were made.");
        Assert.Empty(before.Except(held.Keys));
        Assert.All(held, server => Assert.Equal(secrets[server.Key], server.Value));
        await restored.ProvisionAsync("afterwards");

        // The original goes on as well, with its own log.
        await Service.StartAsync();
        Assert.Equal(secrets.Count, (await Service.ListAsync()).Count);

        async Task WriteAsync(int writer)
        {
            for (var i = 0; !stop.IsCancellationRequested && i < Most / (Writers + 1); i++)
            {
                await Service.ProvisionAsync($"w{writer}-{i}");
                acknowledged.Enqueue($"w{writer}-{i}");
            }
        }
    }

    [Fact]
    public async Task Backup_ServiceDoesNotRun_IsMadeAllTheSame()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("one");
        await Service.KillAsync();

        await RunAsync("backup", Backup);
        await RunAsync("restore", Backup, "--data-directory", Other);
        CopyKey();

        await using var restored = await ServiceProcess.StartAsync(Other, Output, Settings);
        Assert.Equal(["one"], (await restored.ListAsync()).Select(server => server.Name));
    }

    [Fact]
    public async Task Restore_DatabaseOrServiceIsThere_IsRefusedAndAllStaysAsItWas()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("one");
        await RunAsync("backup", Backup);
        await Service.ProvisionAsync("two");

        Assert.Contains("Stop it first", await RefusedAsync("restore", Backup));
        Assert.Contains("is there already", await RefusedAsync("backup", Backup));
        await Service.KillAsync();
        Assert.Contains("servers.litedb is there. Move it away", await RefusedAsync("restore", Backup));

        await Service.StartAsync();
        Assert.Equal(["one", "two"], (await Service.ListAsync()).Select(server => server.Name).Order());
    }

    [Fact]
    public async Task Restore_BackupIsDamaged_IsRefusedAndNothingIsLeft()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("one");
        await RunAsync("backup", Backup);
        using (var file = new FileStream(Backup, FileMode.Open))
        {
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 1));
        }

        var refused = await RefusedAsync("restore", Backup, "--data-directory", Other);

        Assert.StartsWith($"{Backup} is damaged: page ", refused, StringComparison.Ordinal);
        Assert.Single(refused.Trim().Split('\n'));
        Assert.DoesNotContain(Directory.GetFiles(Other), name => Path.GetFileName(name).StartsWith("servers.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_WithoutTheKey_ServiceSaysWhichOneItNeeds()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("one");
        await RunAsync("backup", Backup);
        await RunAsync("restore", Backup, "--data-directory", Other);

        var failed = await ServiceProcess.FailToStartAsync(Other, Settings);

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("is encrypted under key", failed.Error, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> SecretsAsync(ServiceProcess service) =>
        System.Text.Json.Nodes.JsonNode.Parse(await service.Http.GetStringAsync("/api/servers"))!.AsArray()
            .ToDictionary(server => (string)server!["name"]!, server => $"{server!["secret"]} {server["ca_key"]} {server["tls_key"]}");

    // The token is for the test alone: the restored database has the administrator's.
    private void CopyKey()
    {
        foreach (var name in (string[])["encryption.key", "admin.token"])
            File.Copy(Path.Combine(Service.DataDirectory, name), Path.Combine(Other, name));
    }

    private async Task RunAsync(params string[] arguments)
    {
        var done = await CommandAsync(arguments);
        Assert.True(done.ExitCode == 0, done.Error);
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        var refused = await CommandAsync(arguments);
        Assert.Equal(1, refused.ExitCode);
        return refused.Error;
    }

    private Task<CommandResult> CommandAsync(string[] arguments) => arguments.Contains("--data-directory")
        ? ExternalCommand.RunAsync(Tokens.Executable, arguments)
        : Tokens.CommandAsync(Service, arguments);
}
