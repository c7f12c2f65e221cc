using System.Net;
using System.Net.Sockets;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>When the store is in trouble, callers are told so, and what they were promised before stays true.</summary>
public class StoreTroubleTests(ITestOutputHelper output)
{
    private const int Unavailable = 14;

    [Fact]
    public async Task Disk_Full_KeepsWhatWasAcknowledged()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var service = await ServiceProcess.StartAsync(Path.Combine(disk.Path, "data"), output);
        await service.PauseAsync();
        var acknowledged = new List<string>();
        CurlResponse refused;
        disk.Fill();
        while (true)
        {
            var name = $"full-{acknowledged.Count}";
            refused = await Curl.SendAsync(service, "POST", "/api/servers", "--json", $$"""{"name": "{{name}}"}""");
            if (refused.Status != 200) break;
            acknowledged.Add(name);
        }

        AssertUnavailable(refused, "full");
        Assert.Equal(acknowledged, (await service.ListAsync()).Select(server => server.Name));
        // What is small may be written still, and is no sign of room.
        for (var i = 0; i < 3; i++)
        {
            await Curl.SendAsync(service, "POST", "/api/pause");
            AssertUnavailable(await Curl.SendAsync(service.Address + "/healthz"), "full");
            Assert.Equal("1", new MetricsPage((await Curl.SendAsync(service, "GET", "/metrics")).Body)["servers_store_failing"]);
        }
        await service.KillAsync();
        disk.MakeRoom();
        await service.StartAsync();

        Assert.Equal(acknowledged, (await service.ListAsync()).Select(server => server.Name));
        await service.ProvisionAsync("roomy");
        await service.ResumeAsync();
        await service.BecomesAsync("roomy", "running");
    }

    [Fact]
    public async Task Disk_FullThenRoomAgain_GoesOnByItself()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var service = await ServiceProcess.StartAsync(Path.Combine(disk.Path, "data"), output);
        await service.ProvisionRunningAsync("before");

        await disk.FillAsync(service);
        AssertUnavailable(await Curl.SendAsync(service, "POST", "/api/servers", "--json", """{"name": "during"}"""), "full");
        AssertUnavailable(await Curl.SendAsync(service, "DELETE", "/api/servers/before"), "full");
        Assert.Equal("running", (await service.GetAsync("before")).State);
        disk.MakeRoom();
        Assert.Equal("OK", (await Curl.SendAsync(service.Address + "/healthz")).Body);

        await service.ResumeAsync();
        await service.ProvisionRunningAsync("after");
        Assert.Equal(["before", "after"], (await service.ListAsync()).Select(server => server.Name));
        await Eventually.SeeAsync(
            service.ListAsync, servers => servers.All(server => server.State == "running"), "all that was acknowledged runs");
        Assert.Equal("OK", (await Curl.SendAsync(service.Address + "/healthz")).Body);
    }

    [Fact]
    public async Task DataDirectory_NotWritable_FailsToStart()
    {
        // Even root can make nothing there.
        var result = await ServiceProcess.FailToStartAsync("/proc/servers");

        AssertFailedToStart(result, "/proc/servers", "Servers:DataDirectory");
    }

    [Fact]
    public async Task DataDirectory_IsAFile_FailsToStart()
    {
        var file = Path.GetTempFileName();

        var result = await ServiceProcess.FailToStartAsync(file);

        File.Delete(file);
        AssertFailedToStart(result, file, "Servers:DataDirectory");
    }

    [Fact]
    public async Task DataDirectory_InUse_SecondServiceFailsToStart()
    {
        await using var service = await ServiceProcess.StartAsync(output);
        var running = await service.ProvisionRunningAsync("first");

        var result = await ServiceProcess.FailToStartAsync(service.DataDirectory);

        AssertFailedToStart(result, service.DataDirectory, "in use by another service");
        Assert.Equal(running.Etag, (await service.GetAsync("first")).Etag);
        Assert.Equal([Agents.Pid(running)], Agents.Of(service.DataDirectory));
    }

    [Fact]
    public async Task Port_Taken_FailsToStart()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";
        var directory = ServiceProcess.NewDirectory();

        var result = await ServiceProcess.FailToStartAsync(directory, "--urls", url);

        Directory.Delete(directory, recursive: true);
        AssertFailedToStart(result, url, "address already in use");
    }

    private static void AssertUnavailable(CurlResponse answer, string reason)
    {
        Assert.Equal(503, answer.Status);
        Assert.Equal(Unavailable, (int)answer.Json!["code"]!);
        Assert.Contains(reason, (string?)answer.Json["message"], StringComparison.Ordinal);
        Assert.NotNull(answer.Header("Retry-After"));
    }

    private static void AssertFailedToStart(CommandResult result, params string[] said)
    {
        Assert.True(result.ExitCode is > 0 and < 128, $"Exit code {result.ExitCode}");
        Assert.All(said, text => Assert.Contains(text, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
