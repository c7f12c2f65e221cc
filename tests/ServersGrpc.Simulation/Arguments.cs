using System.Globalization;

namespace ServersGrpc.Simulation;

/// <summary>What the command line asks for.</summary>
/// <param name="Seed">The first seed.</param>
/// <param name="Runs">How many seeds.</param>
/// <param name="Time">When to stop before that.</param>
/// <param name="ShowsTrace">Print all that happens.</param>
/// <param name="PowerLosses">How often the store's machine loses power; 0 with <paramref name="FaultLineages"/>: worlds are run.</param>
/// <param name="Kills">How often a process with a store is killed; 0: none is.</param>
/// <param name="FaultLineages">How many lineages of the store have a disk that fails.</param>
internal sealed record Arguments(int Seed, long Runs, TimeSpan Time, bool ShowsTrace, long PowerLosses = 0, long FaultLineages = 0,
    int Kills = 0)
{
    public bool IsAboutDisks => PowerLosses > 0 || FaultLineages > 0;

    /// <summary>Null where they make no sense.</summary>
    public static Arguments? Read(IReadOnlyList<string> args)
    {
        var read = new Arguments(Random.Shared.Next(), 100_000, Timeout.InfiniteTimeSpan, ShowsTrace: false);
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--trace")
                read = read with { ShowsTrace = true };
            else if (i + 1 < args.Count && long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && With(read, args[i++], number) is { } more)
                read = more;
            else
                return null;
        }
        return read;
    }

    private static Arguments? With(Arguments read, string option, long number) => option switch
    {
        "--seed" when number <= int.MaxValue => read with { Seed = (int)number },
        "--runs" when number > 0 => read with { Runs = number },
        "--seconds" when number is > 0 and < 1_000_000 => read with { Time = TimeSpan.FromSeconds(number) },
        "--power-loss" when number > 0 => read with { PowerLosses = number },
        "--kills" when number is > 0 and <= int.MaxValue => read with { Kills = (int)number },
        "--disk-faults" when number > 0 => read with { FaultLineages = number },
        _ => null,
    };
}
