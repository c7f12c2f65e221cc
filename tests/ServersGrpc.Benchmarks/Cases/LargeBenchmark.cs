using System.Diagnostics;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>A hundred thousand servers, far more than one service should have: what still goes as it does with few, and what does not.</summary>
internal sealed class LargeBenchmark : IBenchmark
{
    private const int Count = 100_000;
    private const int Few = 100;
    private const int Seconds = 3;

    public string Name => "large";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        var few = await MeasureAsync(Few, cancellationToken);
        var many = await MeasureAsync(Count, cancellationToken);
        report.Note(Report.Text($"Large: {Count} servers were added in {many.Filling / 1000:0} s; the database has {many.FileLength >> 20} MiB."));
        Add("start until listening", many.Start, few.Start, "ms");
        Add("memory after the start", many.Memory, few.Memory, "MiB");
        Add("GET one, 4 connections, p99", many.Get, few.Get, "ms");
        Add("a page of 100 of the list, 4 connections, p99", many.Page, few.Page, "ms");
        Add("a claim, nothing due, p50", many.Claim, few.Claim, "ms");

        void Add(string name, double value, double reference, string unit) => report.Add(new(
            $"{Count} servers: {name}", Report.Text($"{value:0.00} {unit}"), Report.Text($"{reference:0.00} {unit} ({Few} servers)"), value / reference));
    }

    private static async Task<Cost> MeasureAsync(int count, CancellationToken cancellationToken)
    {
        using var data = new RunDirectory();
        double filling, claim;
        await using (var engine = new EngineHost(data.Path, new()))
        {
            var began = Stopwatch.GetTimestamp();
            await RunningServers.AddAsync(engine, count, cancellationToken);
            filling = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            claim = await Claims.MeasureAsync(engine, cancellationToken);
        }
        using var service = await Service.StartAsync(data.Path);
        var start = (await service.Process.Started).TotalMilliseconds;
        var memory = service.Process.Status.Memory / 1024.0 / 1024.0;
        var get = await TimesAsync("/api/servers/s7");
        var page = await TimesAsync("/api/servers?page_size=100");
        return new(filling, start, memory, get.Percentile(99), page.Percentile(99), claim, new FileInfo(data.File(StorageOptions.FileName)).Length);

        Task<Samples> TimesAsync(string path) =>
            new H2Load(service.Url(path), "--h1", "-c4", "-H", service.AuthorizationHeader).MeasureTimesAsync(Seconds, cancellationToken);
    }

    /// <summary>Milliseconds, MiB and bytes.</summary>
    private sealed record Cost(double Filling, double Start, double Memory, double Get, double Page, double Claim, long FileLength);
}
