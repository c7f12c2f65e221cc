using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>The store itself, without HTTP and without keys to be made: beside the bare disk, beside SQLite, and without shared transactions.</summary>
internal sealed class StoreBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const int MaxBatch = 256;
    private const double LongestWrite = 100;

    // Nine tenths of what LiteDB on files of ours reached beside SQLite when it was chosen.
    private static readonly IReadOnlyList<(int Callers, double LeastOfSqlite)> Loads = [(1, 0.59), (16, 0.94), (64, 0.74)];

    public string Name => "store";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        foreach (var (callers, least) in Loads)
        {
            var runs = new List<StoreRun>();
            var disk = await CompareAsync(() => RawLoad.RunAsync(callers));
            report.Add(new(Of(callers), Rate(disk.Subject), $"{Rate(disk.Reference)} (the same bytes, appended)", disk.Ratio.Median));
            var sqlite = await CompareAsync(() => SqliteLoad.RunAsync(callers));
            report.Add(new(
                Of(callers), Rate(sqlite.Subject), $"{Rate(sqlite.Reference)} (SQLite)", sqlite.Ratio.Median, Bar.AtLeast(sqlite.Ratio.Median, least)));
            if (callers > 1)
            {
                var alone = await CompareAsync(() => StoreLoad.RunAsync(callers, maxBatch: 1, cancellationToken));
                report.Add(new(Of(callers), Rate(alone.Subject), $"{Rate(alone.Reference)} (one transaction a write)", alone.Ratio.Median));
            }
            var worst = runs.Max(run => run.Times.Most);
            report.Add(new(
                $"{Of(callers)}, the longest of all", Report.Text($"{worst:0} ms"), Report.Text($"p99 {new Samples(runs.Select(run => run.Times.Percentile(99))).Median:0.0} ms"),
                Bar: Bar.Below(worst, LongestWrite, "ms")));
            report.Note(Report.Text($"Store: {new Samples(runs.Select(run => run.CpuMicroseconds)).Median:0} us of a core a write, its caller included, with {callers} writers."));

            Task<Comparison> CompareAsync(Func<Task<StoreRun>> reference) => Comparison.RunAsync(
                Rounds,
                async () =>
                {
                    runs.Add(await StoreLoad.RunAsync(callers, MaxBatch, cancellationToken));
                    return runs[^1].Rate;
                },
                async () => (await reference()).Rate);
        }
    }

    private static string Of(int callers) => $"store alone, {callers} writers";

    private static string Rate(Samples rates) => Report.Text($"{rates.Median:0}/s");
}
