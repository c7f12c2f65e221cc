namespace ServersGrpc.Benchmarks.Results;

/// <summary>A subject and its reference, measured by turns: so whatever else the machine does befalls both alike.</summary>
/// <param name="Subject">The subject's rounds.</param>
/// <param name="Reference">The reference's rounds.</param>
/// <param name="Ratio">Of each round, subject to reference.</param>
internal sealed record Comparison(Samples Subject, Samples Reference, Samples Ratio)
{
    public static async Task<Comparison> RunAsync(int rounds, Func<Task<double>> subject, Func<Task<double>> reference)
    {
        var (subjects, references) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            // Who goes first changes, so that neither always profits.
            if (round % 2 == 0)
                (references[round], subjects[round]) = (await reference(), await subject());
            else
                (subjects[round], references[round]) = (await subject(), await reference());
        }
        return new(new(subjects), new(references), new(subjects.Zip(references, (s, r) => s / r)));
    }
}
