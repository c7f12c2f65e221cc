using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>What the service takes before it does anything, beside a bare Kestrel process.</summary>
internal sealed class FootprintBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const double Mebibyte = 1024 * 1024;

    public string Name => "footprint";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        var body = directory.File("body");
        await File.WriteAllTextAsync(body, "{}", cancellationToken);
        var (memory, bareMemory) = (new List<double>(), new List<double>());
        var start = await Comparison.RunAsync(Rounds, StartServiceAsync, StartBareAsync);
        report.Add(new("start until listening", Report.Text($"{start.Subject.Median:0} ms"), Report.Text($"{start.Reference.Median:0} ms (bare Kestrel)"), start.Ratio.Median));
        var (service, bare) = (new Samples(memory).Median, new Samples(bareMemory).Median);
        report.Add(new("memory of the idle service", Report.Text($"{service / Mebibyte:0} MiB"), Report.Text($"{bare / Mebibyte:0} MiB (bare Kestrel)"), service / bare));

        async Task<double> StartServiceAsync()
        {
            using var data = new RunDirectory();
            using var started = await Service.StartAsync(data.Path);
            using var health = await started.Http.GetAsync("/healthz", cancellationToken);
            health.EnsureSuccessStatusCode();
            memory.Add(started.Process.Status.Memory);
            return (await started.Process.Started).TotalMilliseconds;
        }

        async Task<double> StartBareAsync()
        {
            using var started = await ServerProcess.StartBareAsync(BareServer.Rest, body);
            using var http = new HttpClient();
            using var answer = await http.GetAsync(started.Address, cancellationToken);
            answer.EnsureSuccessStatusCode();
            bareMemory.Add(started.Status.Memory);
            return (await started.Started).TotalMilliseconds;
        }
    }
}
