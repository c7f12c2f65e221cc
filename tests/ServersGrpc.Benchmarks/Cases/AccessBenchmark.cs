using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>What it costs a GET that callers are checked, by their token, role and scope, and that what they read is noted: beside the service without.</summary>
internal sealed class AccessBenchmark : IBenchmark
{
    private const int Rounds = 7;
    private const int Seconds = 2;
    private const string Connections = "-c16";
    private const double LeastRatio = 0.85;

    public string Name => "access";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var service = await OneServer.StartAsync(metered: false, cancellationToken);
        using var open = await OneServer.StartOpenAsync(cancellationToken);
        await CompareAsync("REST", service.Rest, open.Rest);
        await CompareAsync("gRPC", service.Grpc, open.Grpc);

        async Task CompareAsync(string face, LookUp lookUp, LookUp openLookUp)
        {
            var (subject, reference) = (service.Load(lookUp, Connections), open.Load(openLookUp, Connections));
            var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
            report.Add(new(
                $"GET one, {face}, with token, role and secrets",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s (the same without)"),
                rates.Ratio.Median,
                Bar.AtLeast(rates.Ratio.Median, LeastRatio)));
            report.Note(Report.Text($"{face}: {subject.CpuMicroseconds:0.0} us of a core an answer; without {reference.CpuMicroseconds:0.0} us."));
        }
    }
}
