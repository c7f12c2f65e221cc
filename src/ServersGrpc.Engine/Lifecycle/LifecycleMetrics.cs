using System.Diagnostics.Metrics;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What the lifecycle counts.</summary>
internal sealed class LifecycleMetrics
{
    public const string MeterName = "ServersGrpc.Engine.Lifecycle";

    // A step that only looks takes a millisecond; one that waits for a machine's boot takes minutes.
    private static readonly InstrumentAdvice<double> StepTimes = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private readonly Counter<long> _steps;
    private readonly Histogram<double> _stepDuration;
    private readonly Counter<long> _leasesLost;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _sweeps;
    private readonly Counter<long> _orphans;
    private readonly Gauge<double> _lastSweep;

    public LifecycleMetrics(LivenessBreaker breaker, CertificateEnds ends, TimeProvider time, IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _steps = meter.CreateCounter<long>("servers.lifecycle.steps", description: "Steps that ran, by what they do and how they ended.");
        // What counts from 0 can be alerted on before it first happens.
        _leasesLost = meter.CreateCounter<long>("servers.lifecycle.leases_lost", description: "Steps whose work was dropped because the server was changed meanwhile.");
        _leasesLost.Add(0);
        _stepDuration = meter.CreateHistogram("servers.lifecycle.step.duration", "s", "How long steps took.", tags: null, StepTimes);
        _retries = meter.CreateCounter<long>("servers.lifecycle.retries", description: "Steps that failed and are to be tried again.");
        _probes = meter.CreateCounter<long>("servers.probes", description: "Probes of machines, by purpose and outcome.");
        _sweeps = meter.CreateCounter<long>("servers.sweeps", description: "Searches for orphans, by provider and outcome.");
        _orphans = meter.CreateCounter<long>("servers.sweep.orphans", description: "Orphans by what was done about them.");
        _lastSweep = meter.CreateGauge<double>("servers.sweep.last_success_timestamp", "s", "When a search for orphans last succeeded, in Unix seconds.");
        var liveness = new LatestReading<LivenessCondition>(() => breaker.ReadAsync(CancellationToken.None), LivenessCondition.Well);
        meter.CreateObservableGauge("servers.liveness.suspended", () => liveness.Read().IsSuspended ? 1 : 0,
            description: "1 while so many servers fail together that none is given up for it.");
        meter.CreateObservableGauge("servers.liveness.failing", () => liveness.Read().Failing, description: "Running servers that failed their last probe.");
        var certificates = new LatestReading<ServerCensus>(() => ends.CountAsync(CancellationToken.None), ServerCensus.Empty);
        meter.CreateObservableGauge(
            "servers.certificates.expiring", () => certificates.Read().Measure(provider => provider.Running > 0 ? provider.Expiring : (int?)null), "{server}",
            "Running servers whose certificates end soon.");
        meter.CreateObservableGauge(
            "servers.certificates.soonest_end", () => certificates.Read().Measure(provider => (provider.SoonestEnd - time.GetUtcNow())?.TotalSeconds), "s",
            "How long it is until the first certificate of a running server ends.");
    }

    public void Step(string step, string outcome, TimeSpan duration)
    {
        _steps.Add(1, new("step", step), new("outcome", outcome));
        _stepDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("step", step));
    }

    public void LeaseLost() => _leasesLost.Add(1);

    public void Retry(string step) => _retries.Add(1, new KeyValuePair<string, object?>("step", step));

    public void Probe(string purpose, string outcome) => _probes.Add(1, new("kind", purpose), new("outcome", outcome));

    public void Sweep(string provider, string outcome) => _sweeps.Add(1, new("provider", provider), new("outcome", outcome));

    public void SweepSucceeded(string provider, DateTimeOffset now) =>
        _lastSweep.Record(now.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("provider", provider));

    public void Orphans(string provider, string action, int count) =>
        _orphans.Add(count, new("provider", provider), new("action", action));
}
