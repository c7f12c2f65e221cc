namespace ServersGrpc.Simulation;

/// <summary>How a run went.</summary>
/// <param name="Seed">Makes the same run again.</param>
/// <param name="Violation">The first thing that must not have happened; null: nothing.</param>
/// <param name="Digest">The same for the same run.</param>
/// <param name="Trace">What happened, in order.</param>
/// <param name="Servers">How many servers were acknowledged.</param>
/// <param name="Machines">How many machines were made.</param>
/// <param name="Calls">How many calls providers got.</param>
/// <param name="Deaths">How often the process died.</param>
/// <param name="Steps">How many steps were run.</param>
/// <param name="Elapsed">How much time passed in the world.</param>
internal sealed record SimulationResult(
    int Seed, string? Violation, ulong Digest, IReadOnlyList<string> Trace, int Servers, int Machines, int Calls, int Deaths, long Steps,
    TimeSpan Elapsed);
