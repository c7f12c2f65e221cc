using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Responses;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>
/// Writing a server as JSON, alone: the compiled writer into a pooled buffer beside the protobuf library's formatter to UTF-8.
/// </summary>
internal sealed class JsonBenchmark : IBenchmark
{
    private const int Rounds = 9;
    private const int Batch = 200;
    private const double LeastRatio = 4;

    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(100);
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private readonly JsonMessageWriter _writer =
        new JsonMessageWriters(new MessageTypes(new MethodRegistry(), Options.Create(new GrpcJsonTranscodingOptions()))).For(Server.Descriptor);

    private readonly JsonOutputPool _outputs = new();

    public string Name => "json";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        await CompareAsync(report, "8 KB", Make(keyLength: 1_400), cancellationToken);
        await CompareAsync(report, "small", Make(keyLength: 0), cancellationToken);
    }

    private async Task CompareAsync(Report report, string size, Server server, CancellationToken cancellationToken)
    {
        // Compiled for good before it counts.
        Measure(() => Write(server), cancellationToken);
        Measure(() => Format(server), cancellationToken);
        var rates = await Comparison.RunAsync(
            Rounds,
            () => Task.FromResult(Measure(() => Write(server), cancellationToken)),
            () => Task.FromResult(Measure(() => Format(server), cancellationToken)));
        report.Add(new(
            $"JSON of a server, {size}",
            Report.Text($"{1e6 / rates.Subject.Median:0.00} us"),
            Report.Text($"{1e6 / rates.Reference.Median:0.00} us (JsonFormatter)"),
            rates.Ratio.Median,
            Bar.AtLeast(rates.Ratio.Median, LeastRatio)));
        report.Note(Report.Text(
            $"JSON, {size}: {Write(server)} bytes; allocated a message {Allocated(() => Write(server)):0}, JsonFormatter {Allocated(() => Format(server)):0}."));
    }

    private int Write(Server server)
    {
        using var output = _outputs.Rent();
        _writer.Write(output.Json, server);
        return output.Json.Length;
    }

    private static int Format(Server server) => Encoding.UTF8.GetBytes(Formatter.Format(server)).Length;

    /// <summary>Messages a second of a core: what the garbage collector takes for them counts too, and what others take does not.</summary>
    private static double Measure(Func<int> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var began = Environment.CpuUsage.TotalTime;
        var written = 0;
        do
        {
            for (var i = 0; i < Batch; i++)
                write();
            written += Batch;
        }
        while (Environment.CpuUsage.TotalTime - began < RoundTime);
        return written / (Environment.CpuUsage.TotalTime - began).TotalSeconds;
    }

    private static double Allocated(Func<int> write)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Batch; i++)
            write();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Batch;
    }

    private static Server Make(int keyLength)
    {
        var key = ByteString.CopyFrom(Enumerable.Range(0, keyLength).Select(i => (byte)(i * 7)).ToArray());
        return new Server
        {
            Id = "5f0c9f2e-0d2b-4b8e-9a57-3d1c2f7f9b11",
            Provider = "local",
            State = "running",
            Name = "agent-x7k2m9qp",
            Image = "ubuntu-24.04",
            Region = "fsn1",
            Size = "cx22",
            Platform = "linux/amd64",
            Address = "127.11.12.13:2376",
            Capacity = 2,
            Secret = "Zx81kQpLmN0aBcDeFgHiJkLmNoPqRsTu",
            CaKey = key,
            CaCert = key,
            TlsKey = key,
            TlsCert = key,
            Created = 1_700_000_000,
            Updated = 1_700_000_100,
            Started = 1_700_000_050,
            Labels = { ["team"] = "ci", ["purpose"] = "build" },
            Etag = "W/\"17\"",
        };
    }
}
