using System.Diagnostics;
using System.Runtime.InteropServices;
using ServersGrpc.Benchmarks.Cases;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks;

/// <summary>Runs all benchmarks, or the named ones, and prints what they found. A missed bar is a finding, not a failure.</summary>
internal static class Suite
{
    private const int Success = 0;
    private const int WrongUsage = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private static readonly IReadOnlyList<IBenchmark> All =
    [
        new FootprintBenchmark(),
        new ProvisionBenchmark(),
        new EngineBenchmark(),
        new GetBenchmark(),
        new GrpcGetBenchmark(),
        new AccessBenchmark(),
        new AllocationsBenchmark(),
        new StoreBenchmark(),
        new PostBenchmark(),
        new ListBenchmark(1_000),
        new ListBenchmark(10_000),
        new FleetBenchmark(),
        new GrowthBenchmark(),
        new LargeBenchmark(),
    ];

    public static async Task<int> RunAsync(string[] names)
    {
        if (names.Except(All.Select(benchmark => benchmark.Name)).Any())
        {
            await Console.Error.WriteLineAsync($"usage: build/bench [BENCHMARK]...\nBenchmarks: {string.Join(", ", All.Select(benchmark => benchmark.Name))}");
            return WrongUsage;
        }
        using var stopping = new CancellationTokenSource(Longest);
        // Disposal ends what was started, so an interrupted run has to reach it.
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var report = new Report(Console.Out);
        await report.DescribeMachineAsync(stopping.Token);
        foreach (var benchmark in All.Where(benchmark => names.Length == 0 || names.Contains(benchmark.Name)))
        {
            var began = Stopwatch.GetTimestamp();
            report.Begin(benchmark.Name);
            await benchmark.RunAsync(report, stopping.Token);
            report.End(Stopwatch.GetElapsedTime(began));
        }
        report.WriteTable();
        return Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }
}
