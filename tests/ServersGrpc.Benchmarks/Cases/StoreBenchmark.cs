using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>What sharing transactions brings the store itself, without HTTP and without keys to be made.</summary>
internal sealed class StoreBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "store";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        foreach (var callers in (int[])[16, 64])
        {
            var rates = await Comparison.RunAsync(
                Rounds, () => StoreLoad.RunAsync(callers, maxBatch: 256, cancellationToken), () => StoreLoad.RunAsync(callers, maxBatch: 1, cancellationToken));
            report.Add(new(
                $"store alone, {callers} writers",
                Report.Text($"{rates.Subject.Median:0}/s"),
                Report.Text($"{rates.Reference.Median:0}/s (one transaction a write)"),
                rates.Ratio.Median));
        }
    }
}
