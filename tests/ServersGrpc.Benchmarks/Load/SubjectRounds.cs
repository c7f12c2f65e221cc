using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>Two servers under the same load, by turns.</summary>
internal static class SubjectRounds
{
    // As long as it takes until what is called often is compiled for good.
    private const int WarmUpSeconds = 4;

    /// <summary>Answers a second, after a warm-up of each.</summary>
    public static async Task<Comparison> CompareAsync(int rounds, int seconds, Subject subject, Subject reference, CancellationToken cancellationToken)
    {
        foreach (var side in (Subject[])[subject, reference])
        {
            await side.RunAsync(WarmUpSeconds, cancellationToken);
            side.Reset();
        }
        return await Comparison.RunAsync(rounds, () => RateAsync(subject), () => RateAsync(reference));

        async Task<double> RateAsync(Subject side) => (await side.RunAsync(seconds, cancellationToken)).Rate;
    }
}
