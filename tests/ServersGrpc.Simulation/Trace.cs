using ServersGrpc.Simulation.Clock;

namespace ServersGrpc.Simulation;

/// <summary>What happened in a run, in order; and a digest of it, by which two runs are seen to be the same.</summary>
internal sealed class Trace(VirtualClock clock)
{
    private const ulong FnvBasis = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public ulong Digest { get; private set; } = FnvBasis;

    public void Add(string what)
    {
        var line = $"{clock.Elapsed:c} {what}";
        _lines.Add(line);
        foreach (var c in line)
            Digest = (Digest ^ c) * FnvPrime;
    }
}
