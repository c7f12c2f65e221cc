using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>Two servers under the same load, by turns.</summary>
internal static class SubjectRounds
{
    private const int WarmUpSeconds = 2;
    private const int MostWarmUps = 5;

    // Until what is called often is compiled for good. That takes so much of the processor, however long other work lets it wait for it.
    private static readonly TimeSpan WarmUpCpu = TimeSpan.FromSeconds(3);

    /// <summary>Answers a second, after a warm-up of each.</summary>
    public static async Task<Comparison> CompareAsync(int rounds, int seconds, Subject subject, Subject reference, CancellationToken cancellationToken)
    {
        await WarmUpAsync(subject, cancellationToken);
        await WarmUpAsync(reference, cancellationToken);
        return await Comparison.RunAsync(rounds, () => RateAsync(subject), () => RateAsync(reference));

        async Task<double> RateAsync(Subject side) => (await side.RunAsync(seconds, cancellationToken)).Rate;
    }

    /// <summary>Loads a server until it runs as it will go on.</summary>
    public static async Task WarmUpAsync(Subject side, CancellationToken cancellationToken)
    {
        for (var run = 0; run < MostWarmUps && side.Cpu < WarmUpCpu; run++)
            await side.RunAsync(WarmUpSeconds, cancellationToken);
        side.Reset();
    }
}
