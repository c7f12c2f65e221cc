using System.Diagnostics.Metrics;

namespace ServersGrpc.Engine.Storage;

/// <summary>What is measured of a store, and of the servers that it holds.</summary>
internal sealed class StoreMetrics
{
    private const string MeterName = "ServersGrpc.Engine.Storage";

    // A sync of a good disk takes less than a millisecond; a disk in trouble takes seconds.
    private static readonly InstrumentAdvice<double> WriteTimes = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> BatchSizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] };

    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _commit;
    private readonly Histogram<int> _batch;
    private readonly Counter<long> _failures;
    private readonly UpDownCounter<int> _watches;

    public StoreMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _wait = _meter.CreateHistogram(
            "servers.store.write.wait", "s", "How long writes waited until their transaction began.", tags: null, WriteTimes);
        _commit = _meter.CreateHistogram(
            "servers.store.commit.duration", "s", "How long transactions took until they were on disk.", tags: null, WriteTimes);
        _batch = _meter.CreateHistogram("servers.store.commit.writes", "{write}", "How many writes shared a transaction.", tags: null, BatchSizes);
        _failures = _meter.CreateCounter<long>("servers.store.failures", "{transaction}", "Transactions that failed.");
        _watches = _meter.CreateUpDownCounter<int>("servers.watches", "{watch}", "Watches that are open.");
        // Shown from the start: the first failure is a change too.
        _failures.Add(0);
        _watches.Add(0);
    }

    /// <summary>Shows from now on what a store holds, and whether it fails.</summary>
    public void Observe(IServerStore store, Func<bool> isFailing, TimeProvider time)
    {
        _meter.CreateObservableGauge(
            "servers.store.failing", () => isFailing() ? 1 : 0, unit: null, "1 from a transaction that failed until one succeeds and there is room for a server, 0 otherwise.");
        ServerGauges.Add(_meter, store, time);
    }

    public void Waited(TimeSpan time) => _wait.Record(time.TotalSeconds);

    public void Committed(int writes, TimeSpan time)
    {
        _batch.Record(writes);
        _commit.Record(time.TotalSeconds);
    }

    public void Failed() => _failures.Add(1);

    /// <summary>Counts a watch as open until disposed.</summary>
    public IDisposable Watch() => new OpenWatch(_watches);

    private sealed class OpenWatch : IDisposable
    {
        private readonly UpDownCounter<int> _watches;

        public OpenWatch(UpDownCounter<int> watches)
        {
            _watches = watches;
            watches.Add(1);
        }

        public void Dispose() => _watches.Add(-1);
    }
}
