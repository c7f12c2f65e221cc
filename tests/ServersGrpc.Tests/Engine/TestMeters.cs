using System.Diagnostics.Metrics;

namespace ServersGrpc.Tests.Engine;

/// <summary>Makes meters that nobody but the test's own listener can tell from the real ones, apart from those of other tests.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _made = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        lock (_made)
            _made.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        lock (_made)
            _made.ForEach(meter => meter.Dispose());
    }
}
