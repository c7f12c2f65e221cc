using System.Security.Cryptography;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>The list of all servers with all their keys: how fast, and what it holds in memory for one caller.</summary>
internal sealed class ListBenchmark(int servers) : IBenchmark
{
    private const int Rounds = 3;
    private const int Seconds = 2;
    private const int KeyLength = 1_440;
    private const int MemoryRounds = 5;
    private const int WarmUps = 20;
    private const double MostMemory = 1;
    private const double LeastOfBare = 0.5;
    private const double Megabyte = 1e6;
    private const string Path = "/api/servers";

    public string Name => $"list-{servers}";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        await FillAsync(data.Path, cancellationToken);
        using var service = await Service.StartAsync(data.Path);
        // Few servers at a time: the code is compiled, and nothing large was in memory yet.
        for (var i = 0; i < WarmUps; i++)
            await ReadAsync(service, Path + "?page_size=20", cancellationToken);
        var peaks = new List<double>();
        var payload = 0L;
        for (var i = 0; i < MemoryRounds; i++)
        {
            var before = service.Process.Status.Memory;
            service.Process.Status.ResetPeak();
            payload = await ReadAsync(service, Path, cancellationToken);
            peaks.Add(service.Process.Status.Peak - before);
        }
        var peak = new Samples(peaks);
        report.Add(new(
            $"list of {servers}: most memory above that before",
            Report.Text($"{peak.Most / Megabyte:0.0} MB (median {peak.Median / Megabyte:0.0} MB)"),
            Report.Text($"{payload / Megabyte:0.0} MB (payload)"),
            peak.Most / payload,
            Bar.Below(peak.Most / payload, MostMemory)));
        await CompareAsync(report, service, data.File("answer"), cancellationToken);
    }

    private async Task CompareAsync(Report report, Service service, string answerFile, CancellationToken cancellationToken)
    {
        var answer = await service.Http.GetByteArrayAsync(Path, cancellationToken);
        await File.WriteAllBytesAsync(answerFile, answer, cancellationToken);
        using var bare = await ServerProcess.StartBareAsync(BareServer.Rest, answerFile);
        string[] options = ["--h1", "-c1"];
        var subject = new Subject(service.Process, new(service.Url(Path), [.. options, "-H", service.AuthorizationHeader]), answer.Length);
        var reference = new Subject(bare, new(bare.Address + Path, options), answer.Length);
        var rates = await SubjectRounds.CompareAsync(Rounds, Seconds, subject, reference, cancellationToken);
        report.Add(new(
            $"list of {servers}, one caller",
            Report.Text($"{rates.Subject.Median:0.0}/s, {rates.Subject.Median * answer.Length / Megabyte:0} MB/s"),
            Report.Text($"{rates.Reference.Median:0.0}/s, {rates.Reference.Median * answer.Length / Megabyte:0} MB/s (bare Kestrel)"),
            rates.Ratio.Median,
            Bar.AtLeast(rates.Ratio.Median, LeastOfBare)));
    }

    private static async Task<long> ReadAsync(Service service, string path, CancellationToken cancellationToken)
    {
        using var response = await service.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        var length = 0L;
        while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            length += read;
        return length;
    }

    // Through the engine, whose lifecycle is not started, and paused for the service: they stay as they are.
    private async Task FillAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        await using var engine = new EngineHost(dataDirectory, new());
        await engine.Store.SetPausedAsync(true, cancellationToken);
        // With four of them in base64 a server is 8 KB of JSON.
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        foreach (var part in Enumerable.Range(0, servers).Chunk(500))
            await Task.WhenAll(part.Select(i => Task.Run(() => AddAsync(engine, $"agent-{i}", key, cancellationToken), cancellationToken)));
    }

    private static Task AddAsync(EngineHost engine, string name, byte[] key, CancellationToken cancellationToken) => engine.Store.AddAsync(
        new ServerRecord
        {
            Uid = Guid.NewGuid().ToString("N"),
            Name = name,
            Provider = "local",
            Secret = ServerSecrets.Generate(),
            Credentials = new(key, key, key, key),
            Created = TimeProvider.System.GetUtcNow(),
        },
        new("ProvisionRequested", "", "bench"), new(EngineHost.NoLimit), cancellationToken);
}
