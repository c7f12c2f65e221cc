namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What a search for orphans found.</summary>
/// <param name="Orphans">Seen twice, and old enough.</param>
/// <param name="Limit">With more than so many something else is wrong, and none may be removed.</param>
internal sealed record Verdict(IReadOnlyList<Orphan> Orphans, int Limit)
{
    public bool IsTooMuch => Orphans.Count > Limit;
}
