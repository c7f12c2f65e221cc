using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>
/// GetServer over gRPC, beside a bare Kestrel that writes the same frame and trailer over HTTP/2, and beside the servers of gRPC's own
/// libraries that answer with the same message.
/// </summary>
internal sealed class GrpcGetBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int NeighborRounds = 3;
    private const int Seconds = 1;
    private const double LeastOfBare = 0.55;
    private const double LeastOfPackages = 0.9;

    public string Name => "grpc-get";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var service = await OneServer.StartAsync(metered: false, cancellationToken);
        using var bare = await ServerProcess.StartBareAsync(BareServer.Grpc, service.Grpc.AnswerFile);
        using var official = await ServerProcess.StartOfficialAsync(BareServer.Grpc, service.Grpc.AnswerFile, guarded: false);
        using var guarded = await ServerProcess.StartOfficialAsync(BareServer.Grpc, service.Grpc.AnswerFile, guarded: true);
        foreach (var streams in (int[])[1, 10])
        {
            await CompareAsync(bare, "bare Kestrel, HTTP/2", streams, LeastOfBare);
            await CompareAsync(official, "Grpc.AspNetCore alone", streams, LeastOfPackages);
            await CompareAsync(guarded, "the same, guarded", streams, least: null);
        }
        foreach (var neighbor in Neighbor.All)
            await CompareNeighborAsync(report, service, neighbor, cancellationToken);

        async Task CompareAsync(ServerProcess process, string name, int streams, double? least)
        {
            string[] connections = ["-c16", $"-m{streams}"];
            var (subject, reference) = (service.Load(service.Grpc, connections), service.Grpc.Of(process, connections));
            var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
            report.Add(new(
                $"GetServer, gRPC, 16 connections x {streams}, beside {name}",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s ({name})"),
                rates.Ratio.Median,
                least is { } bar ? Bar.AtLeast(rates.Ratio.Median, bar) : null));
            report.Note(Report.Text($"gRPC x {streams}: {subject.CpuMicroseconds:0} us of a core an answer; {name} {reference.CpuMicroseconds:0} us."));
        }
    }

    private static async Task CompareNeighborAsync(Report report, OneServer service, Neighbor neighbor, CancellationToken cancellationToken)
    {
        ServerProcess? process = null;
        try
        {
            process = await neighbor.StartAsync(service.Grpc.AnswerFile);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            report.Note($"{neighbor.Name} was not measured, as it could not be started (build/tools installs it): {e.Message.Trim()}");
            return;
        }
        using (process)
        {
            string[] connections = ["-c16", "-m10"];
            var (subject, other) = (service.Load(service.Grpc, connections), service.Grpc.Of(process, connections));
            var rates = await SubjectRounds.CompareAsync(NeighborRounds, Seconds, subject, other, cancellationToken);
            report.Add(new(
                $"GetServer, gRPC, 16 connections x 10, beside {neighbor.Name}",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s ({neighbor.Name})"),
                rates.Ratio.Median));
            report.Note(Report.Text($"{neighbor.Name}: {other.CpuMicroseconds:0} us of a core an answer; the service {subject.CpuMicroseconds:0} us."));
        }
    }
}
