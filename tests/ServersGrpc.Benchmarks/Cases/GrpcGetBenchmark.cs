using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>GetServer over gRPC, beside a bare Kestrel that writes the same frame and trailer over HTTP/2.</summary>
internal sealed class GrpcGetBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Seconds = 1;
    private const int FrameHeader = 5;
    private const string Path = "/servers.v1.ServerService/GetServer";

    public string Name => "grpc-get";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        using var service = await Service.StartAsync(data.Path);
        await service.PauseAsync(cancellationToken);
        var request = Frame(new GetServerRequest { Name = await service.ProvisionAsync("bench", cancellationToken) });
        var requestFile = data.File("request");
        await File.WriteAllBytesAsync(requestFile, request, cancellationToken);
        var answer = await CallAsync(service, request, cancellationToken);
        var answerFile = data.File("answer");
        await File.WriteAllBytesAsync(answerFile, answer, cancellationToken);
        using var bare = await ServerProcess.StartBareAsync(BareServer.Grpc, answerFile);

        foreach (var streams in (int[])[1, 10])
        {
            string[] options = ["-c16", $"-m{streams}", "-d", requestFile, "-H", "content-type: application/grpc", "-H", "te: trailers"];
            var subject = new Subject(service.Process, new(service.Url(Path), [.. options, "-H", service.AuthorizationHeader]), answer.Length);
            var reference = new Subject(bare, new(bare.Address + Path, options), answer.Length);
            var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
            report.Add(new(
                $"GetServer, gRPC, 16 connections x {streams}",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s (bare Kestrel, HTTP/2)"),
                rates.Ratio.Median));
            report.Note(Report.Text($"gRPC x {streams}: {subject.CpuMicroseconds:0} us of a core an answer; bare Kestrel {reference.CpuMicroseconds:0} us."));
        }
        await CallAsync(service, request, cancellationToken);
    }

    private static byte[] Frame(IMessage message)
    {
        var frame = new byte[FrameHeader + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.CalculateSize());
        message.WriteTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    /// <summary>The frame that the service answers.</summary>
    /// <exception cref="InvalidOperationException">The call failed: load on it would measure an error.</exception>
    private static async Task<byte[]> CallAsync(Service service, byte[] frame, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new("trailers"));
        using var response = await service.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = response.TrailingHeaders.Concat(response.Headers).ToDictionary(header => header.Key, header => header.Value.First());
        return headers.GetValueOrDefault("grpc-status") == "0"
            ? body
            : throw new InvalidOperationException($"GetServer answered HTTP {(int)response.StatusCode} and {string.Join(", ", headers)}.");
    }
}
