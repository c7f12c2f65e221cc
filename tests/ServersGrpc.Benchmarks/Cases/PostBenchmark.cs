using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>POST of servers, beside the same service with one transaction a write. Nothing is started: what counts is the acknowledgement.</summary>
internal sealed class PostBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Seconds = 2;
    private const double LeastRatio = 4;
    private const int LeastAnswer = 2000;

    public string Name => "post";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        var request = directory.File("request");
        await File.WriteAllTextAsync(request, "{}", cancellationToken);
        using var shared = await StartAsync(directory.File("shared"), maxBatch: 256, cancellationToken);
        using var alone = await StartAsync(directory.File("alone"), maxBatch: 1, cancellationToken);

        var (subject, reference) = (Load(shared), Load(alone));
        var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
        report.Add(new(
            "POST, 16 connections",
            Report.Text($"{rates.Subject.Median:0}/s"),
            Report.Text($"{rates.Reference.Median:0}/s (one transaction a write)"),
            rates.Ratio.Median,
            Bar.AtLeast(rates.Ratio.Median, LeastRatio)));

        var times = await subject.TimesAsync(Seconds, cancellationToken);
        report.Add(new("POST, 16 connections, p99", Report.Text($"{times.Percentile(99):0} ms"), Report.Text($"p50 {times.Median:0} ms, longest {times.Most:0} ms")));

        var keys = Keys.Measure();
        report.Note(Report.Text(
            $"POST: {subject.CpuMicroseconds:0} us of a core an answer, {keys.Median * 1000:0} us of them for keys; with one transaction a write {reference.CpuMicroseconds:0} us."));
        var ceiling = Environment.ProcessorCount * 1e6 / subject.CpuMicroseconds;
        report.Note(Report.Text(
            $"POST: if the service had all {Environment.ProcessorCount} cores to itself they would bear {ceiling:0} answers/s, {ceiling / rates.Reference.Median:0.0} times the reference."));

        Subject Load(Service service) => new(
            service.Process, new(service.Url("/api/servers"), ["--h1", "-c16", "-d", request, "-H", service.AuthorizationHeader]), LeastAnswer);
    }

    private static async Task<Service> StartAsync(string dataDirectory, int maxBatch, CancellationToken cancellationToken)
    {
        var service = await Service.StartAsync(dataDirectory, "--Servers:MaxServers=1000000", $"--Servers:Storage:MaxBatch={maxBatch}");
        await service.PauseAsync(cancellationToken);
        return service;
    }
}
