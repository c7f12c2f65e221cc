using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>What the service allocates to answer for one server, beside a bare Kestrel that writes the same bytes.</summary>
internal sealed class AllocationsBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const int Seconds = 2;
    private const string Connections = "-c16";

    public string Name => "allocations";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var service = await OneServer.StartAsync(metered: true, cancellationToken);
        await CompareAsync("a GET of one, REST", BareServer.Rest, service.Rest);
        await CompareAsync("a unary call, gRPC", BareServer.Grpc, service.Grpc);

        async Task CompareAsync(string name, string face, LookUp lookUp)
        {
            using var bare = await ServerProcess.StartBareAsync(face, lookUp.AnswerFile, metered: true);
            var (subject, reference) = (service.Load(lookUp, Connections), lookUp.Of(bare, Connections));
            // What is compiled and pooled once is done with afterwards.
            await SubjectRounds.WarmUpAsync(subject, cancellationToken);
            await SubjectRounds.WarmUpAsync(reference, cancellationToken);
            var bytes = await Comparison.RunAsync(
                Rounds, () => MeasureAsync(service.Process, subject, cancellationToken), () => MeasureAsync(bare, reference, cancellationToken));
            report.Add(new(
                $"allocated: {name}",
                Report.Text($"{bytes.Subject.Median:0} B"),
                Report.Text($"{bytes.Reference.Median:0} B (bare Kestrel)")));
        }
    }

    /// <summary>Bytes an answer.</summary>
    private static async Task<double> MeasureAsync(ServerProcess server, Subject subject, CancellationToken cancellationToken)
    {
        var before = await server.AllocatedAsync(cancellationToken);
        var result = await subject.RunAsync(Seconds, cancellationToken);
        return (await server.AllocatedAsync(cancellationToken) - before) / result.Done;
    }
}
