using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ServersGrpc.Telemetry;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Telemetry;

public sealed class MetricCollectorTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly RecordedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly MetricCollector _collector;
    private readonly Meter _meter;

    public MetricCollectorTests()
    {
        _loggers = new([_logs]);
        _collector = new(_meters, _loggers.CreateLogger<MetricCollector>());
        _meter = _meters.Create("ServersGrpc.Tests");
    }

    public void Dispose()
    {
        _collector.Dispose();
        _meters.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public void Scrape_NothingMeasured_IsEmpty()
    {
        _meter.CreateCounter<long>("servers.things");

        Assert.Equal("", _collector.Scrape());
    }

    [Fact]
    public void Scrape_EveryKind_IsInThePublishedFormat()
    {
        _meter.CreateCounter<long>("servers.things", "{thing}", "Things.").Add(3);
        _meter.CreateUpDownCounter<int>("servers.open", null, "Open ones.").Add(-2);
        _meter.CreateGauge<float>("servers.level", null, "A level.").Record(0.5f);
        _meter.CreateHistogram("servers.size", "By", "Sizes.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10] }).Record(10);
        _meter.CreateObservableCounter("servers.time", () => 1.25m, "s", "Time.");
        _meter.CreateObservableGauge("servers.seen", () => (byte)7, null, "Seen.");
        _meter.CreateObservableUpDownCounter("servers.kept", () => (short)-7, null, "Kept.");

        Assert.Equal(
            """
            # HELP servers_kept Kept.
            # TYPE servers_kept gauge
            servers_kept -7
            # HELP servers_level A level.
            # TYPE servers_level gauge
            servers_level 0.5
            # HELP servers_open Open ones.
            # TYPE servers_open gauge
            servers_open -2
            # HELP servers_seen Seen.
            # TYPE servers_seen gauge
            servers_seen 7
            # HELP servers_size_bytes Sizes.
            # TYPE servers_size_bytes histogram
            servers_size_bytes_bucket{le="1"} 0
            servers_size_bytes_bucket{le="10"} 1
            servers_size_bytes_bucket{le="+Inf"} 1
            servers_size_bytes_sum 10
            servers_size_bytes_count 1
            # HELP servers_things_total Things.
            # TYPE servers_things_total counter
            servers_things_total 3
            # HELP servers_time_seconds_total Time.
            # TYPE servers_time_seconds_total counter
            servers_time_seconds_total 1.25

            """, _collector.Scrape());
    }

    [Theory]
    [InlineData("servers.calls.total", null, "servers_calls_total")]
    [InlineData("servers.wait_seconds", "s", "servers_wait_seconds_total")]
    [InlineData("servers-größe/x", "{x}", "servers_gr__e_x_total")]
    public void Scrape_Name_FollowsPrometheusRulesOnce(string instrument, string? unit, string name)
    {
        _meter.CreateCounter<int>(instrument, unit).Add(1);

        Assert.Contains($"\n{name} 1\n", _collector.Scrape());
    }

    [Fact]
    public void Scrape_SpecialCharacters_AreEscaped()
    {
        _meter.CreateCounter<int>("servers.a", null, "back\\slash\nand \"quotes\"").Add(1, new KeyValuePair<string, object?>("k.x", "b\\s \"q\"\nl"));

        Assert.Equal(
            """
            # HELP servers_a_total back\\slash\nand "quotes"
            # TYPE servers_a_total counter
            servers_a_total{k_x="b\\s \"q\"\nl"} 1

            """, _collector.Scrape());
    }

    [Fact]
    public void Scrape_Labels_AreSortedAndOrderOfTagsMakesNoOther()
    {
        var counter = _meter.CreateCounter<int>("servers.a");
        counter.Add(1, new("b", true), new("a", null), new("c", 5));
        counter.Add(2, new("c", 5), new("a", null), new("b", true));
        counter.Add(1, new("a", "z"), new("b", false), new("c", 1.5));

        Assert.Equal(
            ["""servers_a_total{a="",b="true",c="5"} 3""", """servers_a_total{a="z",b="false",c="1.5"} 1"""], Samples());
    }

    [Fact]
    public void Scrape_Histogram_CountsEachBucketToItsBoundAndTheRestAbove()
    {
        var histogram = _meter.CreateHistogram("servers.a", "s", "", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.1, 0.1000001, 1, 1.5, double.NaN, 100])
            histogram.Record(value, new KeyValuePair<string, object?>("x", "y"));

        var samples = Samples();
        Assert.Equal(
            ["""servers_a_seconds_bucket{x="y",le="0.1"} 2""", """servers_a_seconds_bucket{x="y",le="1"} 4""", """servers_a_seconds_bucket{x="y",le="+Inf"} 6"""],
            samples[..3]);
        Assert.Equal("""servers_a_seconds_count{x="y"} 6""", samples[4]);
        Assert.Equal(102.7500001, double.Parse(samples[3].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 6);
    }

    [Fact]
    public void Scrape_HistogramWithoutAdvice_HasTheBucketsOfTimes()
    {
        _meter.CreateHistogram<double>("servers.a", "s").Record(0.02);

        Assert.Contains("""servers_a_seconds_bucket{le="0.01"} 0""", Samples());
        Assert.Contains("""servers_a_seconds_bucket{le="0.025"} 1""", Samples());
        Assert.Contains("""servers_a_seconds_bucket{le="300"} 1""", Samples());
    }

    [Fact]
    public void Scrape_TooManySeries_CountsTheRestInOne()
    {
        var counter = _meter.CreateCounter<int>("servers.a");
        for (var i = 0; i < MetricFamily.MaxSeries + 50; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        counter.Add(1, new KeyValuePair<string, object?>("i", 0));

        var samples = Samples();
        Assert.Equal(MetricFamily.MaxSeries + 1, samples.Length);
        Assert.Contains("""servers_a_total{overflow="true"} 50""", samples);
        Assert.Contains("""servers_a_total{i="0"} 2""", samples);
    }

    [Fact]
    public void Scrape_ObservedValue_IsReadAnewAndGoesWithItsCause()
    {
        Measurement<int>[] seen = [new(1, new KeyValuePair<string, object?>("x", "a")), new(2, new KeyValuePair<string, object?>("x", "b"))];
        _meter.CreateObservableGauge("servers.a", () => seen);

        Assert.Equal(["""servers_a{x="a"} 1""", """servers_a{x="b"} 2"""], Samples());
        Assert.Equal(["""servers_a{x="a"} 1""", """servers_a{x="b"} 2"""], Samples());
        seen = [new(5, new KeyValuePair<string, object?>("x", "b"))];
        Assert.Equal(["""servers_a{x="b"} 5"""], Samples());
    }

    [Fact]
    public void Scrape_AValueCannotBeRead_TellsTheOthersAndLogs()
    {
        _meter.CreateObservableGauge("servers.a", (Func<int>)(() => throw new InvalidOperationException("no reading")));
        _meter.CreateObservableGauge("servers.b", () => 1);

        Assert.Equal(["servers_b 1"], Samples());
        Assert.Contains("no reading", Assert.Single(_logs.At(LogLevel.Warning)));
    }

    [Fact]
    public void Scrape_InstrumentsOfBefore_AreHeardToo()
    {
        using var later = new MetricCollector(_meters, _loggers.CreateLogger<MetricCollector>());
        _meter.CreateCounter<int>("servers.a").Add(1);

        Assert.Contains("servers_a_total 1", later.Scrape());
    }

    [Fact]
    public void Scrape_MetersOfOthers_AreNotHeard()
    {
        using var anotherHost = new TestMeters();
        using var nobodys = new Meter("ServersGrpc.Tests");
        anotherHost.Create("ServersGrpc.Tests").CreateCounter<int>("servers.a").Add(1);
        nobodys.CreateCounter<int>("servers.b").Add(1);
        _meters.Create("Microsoft.AspNetCore.Hosting").CreateCounter<int>("servers.c").Add(1);

        Assert.Equal("", _collector.Scrape());
    }

    [Fact]
    public void Scrape_OneNameFromTwoMeters_IsOneMetricUnlessTheTypesDiffer()
    {
        _meter.CreateCounter<int>("servers.a").Add(1);
        _meters.Create("ServersGrpc.Other").CreateCounter<long>("servers.a").Add(2);
        _meters.Create("ServersGrpc.Other").CreateUpDownCounter<long>("servers.a.total").Add(5);

        Assert.Equal(["servers_a_total 3"], Samples());
        Assert.Contains("servers.a.total", Assert.Single(_logs.At(LogLevel.Warning)));
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        const int threads = 8;
        const int each = 20_000;
        var counter = _meter.CreateCounter<double>("servers.a");
        var histogram = _meter.CreateHistogram<double>("servers.b");
        using var go = new ManualResetEventSlim();
        var writers = Enumerable.Range(0, threads).Select(t => Task.Factory.StartNew(() =>
        {
            go.Wait();
            for (var i = 0; i < each; i++)
            {
                counter.Add(0.5, new KeyValuePair<string, object?>("i", i % 3));
                histogram.Record(1);
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        go.Set();
        // Reading on the way disturbs nobody.
        while (!Task.WhenAll(writers).IsCompleted)
            _collector.Scrape();
        await Task.WhenAll(writers);

        var samples = Samples();
        Assert.Equal(threads * each * 0.5, samples.Where(s => s.StartsWith("servers_a", StringComparison.Ordinal)).Sum(Value));
        Assert.Contains($"servers_b_count {threads * each}", samples);
        Assert.Contains($"servers_b_sum {threads * each}", samples);
    }

    [Fact]
    public void Record_KnownSeries_AllocatesNothing()
    {
        var counter = _meter.CreateCounter<long>("servers.a");
        var histogram = _meter.CreateHistogram<double>("servers.b");
        RecordOnce();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            RecordOnce();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RecordOnce()
        {
            counter.Add(1, new("x", "a"), new("y", "b"));
            histogram.Record(0.1, new("x", "a"), new("y", "b"), new("z", "c"));
        }
    }

    private static double Value(string sample) => double.Parse(sample.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private string[] Samples() => [.. _collector.Scrape().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
}
