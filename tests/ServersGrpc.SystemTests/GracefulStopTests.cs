using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>SIGTERM, as service managers send it.</summary>
public class GracefulStopTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const int Unavailable = 14;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Stop_WatchStreams_EndWithUnavailable()
    {
        await Service.PauseAsync();
        await Service.ProvisionAsync("shown");
        await using var javaScript = GrpcClient.JavaScript.Start(Service, "watch");
        await using var python = GrpcClient.Python.Start(Service, "watch");
        await using var curl = ExternalCommand.Start(
            "curl",
            ["--silent", "--no-buffer", "--noproxy", "*", "--header", $"Authorization: Bearer {Service.Token}", Service.Address + "/api/servers:watch"]);
        ExternalCommand[] watches = [javaScript, python, curl];
        foreach (var watch in watches) Assert.Contains("shown", await watch.Output.ReadLineAsync().WaitAsync(Eventually.Patience), StringComparison.Ordinal);

        await AssertStopsInTimeAsync(Service.StopAsync());

        Assert.Equal(Unavailable, (int)(await LastLineAsync(javaScript))["code"]!);
        Assert.Equal(Unavailable, (int)(await LastLineAsync(python))["code"]!);
        Assert.Equal(Unavailable, (int)(await LastLineAsync(curl))["error"]!["code"]!);
    }

    [Fact]
    public async Task Stop_DiskFullWhileServersAreMade_EndsInTimeAndNothingIsLost()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var service = await ServiceProcess.StartAsync(Path.Combine(disk.Path, "data"), Output);
        var names = Enumerable.Range(0, 6).Select(i => $"made-{i}").ToArray();
        foreach (var name in names) await service.ProvisionAsync(name);

        await disk.FillAsync(service);
        await AssertStopsInTimeAsync(service.StopAsync());

        disk.MakeRoom();
        await service.StartAsync();
        await service.ResumeAsync();
        foreach (var name in names) await service.BecomesAsync(name, "running");
    }

    [Fact]
    public async Task Stop_CallInFlight_IsAnsweredAndKept()
    {
        const string Body = """{"name": "late"}""";
        var address = new Uri(Service.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await WriteAsync(stream,
            $"POST /api/servers HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {Service.Token}\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        // The service reads the body: the call is under way.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WaitAsync(Eventually.Patience));

        var stopping = Service.StopAsync();
        await Eventually.BeAsync(
            () => Service.Log.Contains("Application is shutting down", StringComparison.Ordinal), "the service began to stop");
        await WriteAsync(stream, Body);
        var answer = await reader.ReadToEndAsync().WaitAsync(Eventually.Patience);
        await AssertStopsInTimeAsync(stopping);

        Assert.StartsWith("HTTP/1.1 200 OK", answer.TrimStart(), StringComparison.Ordinal);
        await Service.StartAsync();
        await Service.BecomesAsync("late", "running");
    }

    [Fact]
    public async Task Stop_ServersInTheMaking_GoOnAfterTheNextStart()
    {
        string[] names = ["one", "two", "three"];
        foreach (var name in names) await Service.ProvisionAsync(name);

        await AssertStopsInTimeAsync(Service.StopAsync());
        await Service.StartAsync();

        var running = new List<ServerView>();
        foreach (var name in names) running.Add(await Service.BecomesAsync(name, "running"));
        Assert.Equal(running.Select(Agents.Pid).Order(), Agents.Of(Service.DataDirectory).Order());
    }

    private static async Task AssertStopsInTimeAsync(Task<int> stopping) => Assert.Equal(0, await stopping.WaitAsync(Limit));

    private static async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<JsonNode> LastLineAsync(ExternalCommand watch)
    {
        var rest = await watch.Output.ReadToEndAsync().WaitAsync(Eventually.Patience);
        return JsonNode.Parse(rest.TrimEnd().Split('\n')[^1])!;
    }
}
