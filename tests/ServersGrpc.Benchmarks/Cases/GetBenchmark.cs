using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>GET of one server over HTTP/1.1, beside a bare Kestrel that writes the same bytes, and beside the packages alone.</summary>
internal sealed class GetBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Seconds = 2;
    private const string Connections = "-c16";
    private const double LeastOfBare = 0.55;
    private const double LeastOfPackages = 0.9;

    public string Name => "get";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var service = await OneServer.StartAsync(metered: false, cancellationToken);
        using var bare = await ServerProcess.StartBareAsync(BareServer.Rest, service.Rest.AnswerFile);
        using var official = await ServerProcess.StartOfficialAsync(BareServer.Rest, service.Grpc.AnswerFile, guarded: false);
        using var guarded = await ServerProcess.StartOfficialAsync(BareServer.Rest, service.Grpc.AnswerFile, guarded: true);
        await CompareAsync(bare, "bare Kestrel", LeastOfBare);
        await CompareAsync(official, "JSON transcoding alone", LeastOfPackages);
        await CompareAsync(guarded, "the same, guarded", least: null);

        async Task CompareAsync(ServerProcess process, string name, double? least)
        {
            var (subject, reference) = (service.Load(service.Rest, Connections), service.Rest.Of(process, Connections));
            var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
            report.Add(new(
                $"GET one, REST, 16 connections, beside {name}",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s ({name})"),
                rates.Ratio.Median,
                least is { } bar ? Bar.AtLeast(rates.Ratio.Median, bar) : null));
            report.Note(Report.Text($"GET: {subject.CpuMicroseconds:0} us of a core an answer; {name} {reference.CpuMicroseconds:0} us; h2load shares the cores."));
        }
    }
}
