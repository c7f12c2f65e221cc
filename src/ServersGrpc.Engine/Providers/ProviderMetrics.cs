using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ServersGrpc.Engine.Providers;

/// <summary>What is measured of the calls of providers.</summary>
internal sealed class ProviderMetrics
{
    private const string MeterName = "ServersGrpc.Engine.Providers";

    // A look at a local process takes a millisecond; a cloud's create may take minutes.
    private static readonly InstrumentAdvice<double> CallTimes = new()
    {
        HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    private readonly ConcurrentDictionary<string, CallGate> _gates = new();
    private readonly Histogram<double> _duration;

    public ProviderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            "servers.provider.call.duration", "s", "How long calls of providers took, without their wait for a turn.", tags: null, CallTimes);
        meter.CreateObservableGauge(
            "servers.provider.calls.waiting", () => Measure(gate => gate.Waiting), "{call}", "Calls of providers that wait for their turn.");
        meter.CreateObservableGauge(
            "servers.provider.calls.running", () => Measure(gate => gate.Running), "{call}", "Calls of providers under way.");
    }

    /// <summary>Shows from now on who waits there.</summary>
    public void Observe(string provider, CallGate gate) => _gates[provider] = gate;

    /// <summary>Counts a call that has ended.</summary>
    public void Called(string provider, string call, string outcome, TimeSpan duration) =>
        _duration.Record(duration.TotalSeconds, new("provider", provider), new("call", call), new("outcome", outcome));

    private IEnumerable<Measurement<int>> Measure(Func<CallGate, int> read) =>
        _gates.Select(gate => new Measurement<int>(read(gate.Value), new KeyValuePair<string, object?>("provider", gate.Key)));
}
