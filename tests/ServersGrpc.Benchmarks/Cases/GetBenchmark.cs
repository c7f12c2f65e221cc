using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>GET of one server over HTTP/1.1, beside a bare Kestrel that writes the same bytes.</summary>
internal sealed class GetBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Seconds = 2;
    private const double LeastRatio = 0.6;

    private static readonly string[] Connections = ["--h1", "-c16"];

    public string Name => "get";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        using var service = await Service.StartAsync(data.Path);
        await service.PauseAsync(cancellationToken);
        var path = "/api/servers/" + await service.ProvisionAsync("bench", cancellationToken);
        var answer = await service.Http.GetByteArrayAsync(path, cancellationToken);
        var answerFile = data.File("answer");
        await File.WriteAllBytesAsync(answerFile, answer, cancellationToken);
        using var bare = await ServerProcess.StartBareAsync(BareServer.Rest, answerFile);

        var subject = new Subject(service.Process, new(service.Url(path), [.. Connections, "-H", service.AuthorizationHeader]), answer.Length);
        var reference = new Subject(bare, new(bare.Address + path, Connections), answer.Length);
        var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
        report.Add(new(
            "GET one, REST, 16 connections",
            Report.Text($"{rates.Subject.Median:0}/s"),
            Report.Text($"{rates.Reference.Median:0}/s (bare Kestrel)"),
            rates.Ratio.Median,
            Bar.AtLeast(rates.Ratio.Median, LeastRatio)));
        report.Note(Report.Text($"GET: {subject.CpuMicroseconds:0} us of a core an answer; bare Kestrel {reference.CpuMicroseconds:0} us; h2load shares the cores."));
    }
}
