using System.Diagnostics;
using System.Text.Json;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>The main job: from POST until the watch says "running", with real processes as servers.</summary>
internal sealed class ProvisionBenchmark : IBenchmark
{
    private const int Servers = 10;
    private const double BarMilliseconds = 1000;
    private const double Mebibyte = 1024 * 1024;

    // The files of the local provider, below the service's data directory.
    private const string InstanceFile = "instance.json";

    public string Name => "provision";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        try
        {
            await MeasureAsync(data.Path, report, cancellationToken);
        }
        finally
        {
            // After a failure some may be left; they outlive the service by design.
            foreach (var agent in Agents(data.Path).Where(agent => agent.Process.IsAlive))
                Process.GetProcessById(agent.Process.Pid).Kill();
        }
    }

    private static async Task MeasureAsync(string dataDirectory, Report report, CancellationToken cancellationToken)
    {
        using var scratch = new RunDirectory();
        var body = scratch.File("body");
        await File.WriteAllTextAsync(body, "{}", cancellationToken);
        using var service = await Service.StartAsync(dataDirectory);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrivals = new Arrivals();
        var watch = WatchAsync(service, arrivals, watching.Token);

        await ProvisionAsync("warm-up");
        var made = 0;
        var times = await Comparison.RunAsync(Servers, () => ProvisionAsync($"bench-{made++}"), StartBareAsync);
        report.Add(new(
            "POST to running, local provider: p50",
            Report.Text($"{times.Subject.Median:0} ms ({times.Subject.Least:0} to {times.Subject.Most:0} ms, {Servers} in turn)"),
            Report.Text($"{times.Reference.Median:0} ms (start of a bare Kestrel)"),
            times.Ratio.Median,
            Bar.Below(times.Subject.Median, BarMilliseconds, "ms")));
        var memory = new Samples(Agents(dataDirectory).Select(agent => (double)new ProcessStatus(agent.Process.Pid).Memory));
        report.Add(new("memory of a local server's process", Report.Text($"{memory.Median / Mebibyte:0} MiB")));

        await Task.WhenAll(Enumerable.Range(0, Servers).Select(i => $"bench-{i}").Append("warm-up").Select(TerminateAsync));
        await watching.CancelAsync();
        await watch;

        async Task<double> ProvisionAsync(string name)
        {
            var began = Stopwatch.GetTimestamp();
            await service.ProvisionAsync(name, cancellationToken);
            return Stopwatch.GetElapsedTime(began, await arrivals.AtAsync(name, "running").WaitAsync(cancellationToken)).TotalMilliseconds;
        }

        async Task TerminateAsync(string name)
        {
            using var response = await service.Http.DeleteAsync($"/api/servers/{name}?force=true", cancellationToken);
            response.EnsureSuccessStatusCode();
            await arrivals.AtAsync(name, "stopped").WaitAsync(cancellationToken);
        }

        async Task<double> StartBareAsync()
        {
            using var bare = await ServerProcess.StartBareAsync(BareServer.Rest, body);
            return (await bare.Started).TotalMilliseconds;
        }
    }

    private static async Task WatchAsync(Service service, Arrivals arrivals, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await service.Http.GetStreamAsync("/api/servers:watch", cancellationToken);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                using var change = JsonDocument.Parse(line);
                if (change.RootElement.TryGetProperty("server", out var server) && server.ValueKind == JsonValueKind.Object)
                    arrivals.See(server.GetProperty("name").GetString()!, server.GetProperty("state").GetString()!);
            }
            arrivals.End(new IOException("The watch ended."));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            arrivals.End(e);
        }
    }

    private static IEnumerable<AgentState> Agents(string dataDirectory) =>
        Directory.EnumerateFiles(dataDirectory, InstanceFile, SearchOption.AllDirectories)
            .Select(file => JsonSerializer.Deserialize<AgentState>(File.ReadAllText(file), JsonSerializerOptions.Web)!)
            .ToList();
}
