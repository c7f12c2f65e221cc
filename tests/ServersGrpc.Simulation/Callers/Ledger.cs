namespace ServersGrpc.Simulation.Callers;

/// <summary>What callers were told, which must hold whatever happened since.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, string> _names = [];
    private readonly HashSet<string> _ended = [];

    /// <summary>Every name that was ever asked for.</summary>
    public ISet<string> Names { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>The names of the servers that were acknowledged, by uid.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _names;

    public void Provisioned(string uid, string name) => _names[uid] = name;

    public void Ended(string uid) => _ended.Add(uid);

    /// <summary>Whether somebody was told that the server's end is recorded.</summary>
    public bool IsEnded(string uid) => _ended.Contains(uid);
}
