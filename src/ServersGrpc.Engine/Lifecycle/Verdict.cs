namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What a search for orphans found.</summary>
/// <param name="Orphans">Seen twice, and old enough.</param>
/// <param name="Limit">With more than so many something else is wrong, and none may be removed.</param>
/// <param name="Suspects">How many instances look like orphans so far, these included.</param>
internal sealed record Verdict(IReadOnlyList<Orphan> Orphans, int Limit, int Suspects)
{
    public bool IsTooMuch => Orphans.Count > Limit;
}
