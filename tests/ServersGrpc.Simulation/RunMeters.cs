using System.Diagnostics.Metrics;

namespace ServersGrpc.Simulation;

/// <summary>Makes meters that nobody reads, and that are gone with the process that asked for them.</summary>
internal sealed class RunMeters : IMeterFactory
{
    private readonly List<Meter> _made = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        _made.Add(meter);
        return meter;
    }

    public void Dispose() => _made.ForEach(meter => meter.Dispose());
}
