namespace ServersGrpc.Simulation.Disk;

/// <summary>How a lineage went.</summary>
/// <param name="Seed">Makes the same lineage again.</param>
/// <param name="Violation">The first thing that must not have happened; null: nothing.</param>
/// <param name="History">A line for each life.</param>
/// <param name="Counts">What happened in it.</param>
internal sealed record LineageResult(int Seed, string? Violation, IReadOnlyList<string> History, CampaignCounts Counts);
