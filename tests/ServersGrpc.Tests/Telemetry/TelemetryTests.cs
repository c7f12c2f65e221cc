using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ServersGrpc.Telemetry;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Telemetry;

public sealed class TelemetryTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly ManualTime _time = new();
    private readonly Scrapes _scrapes;
    private readonly Meter _meter;

    public TelemetryTests()
    {
        _scrapes = new(_meters, _time);
        _meter = _meters.Create("ServersGrpc.Tests");
    }

    public void Dispose()
    {
        _scrapes.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void Scrape_OfOurs_HasNoLabelsAndNoMetricsBeyondWhatWasMeasured()
    {
        _meter.CreateCounter<long>("servers.things", "{thing}", "Things.").Add(3, new KeyValuePair<string, object?>("kind", "good"));

        var text = _scrapes.Scrape();

        Assert.Contains("# HELP servers_things_total Things.\n", text);
        Assert.Contains("# TYPE servers_things_total counter\n", text);
        Assert.Contains("\nservers_things_total{kind=\"good\"} 3\n", text);
        Assert.DoesNotContain("otel_scope", text);
        Assert.DoesNotContain("target_info", text);
    }

    [Fact]
    public void Scrape_Again_ShowsThePresentValue()
    {
        var seen = 1;
        _meter.CreateObservableGauge("servers.seen", () => seen);
        Assert.Equal("1", _scrapes["servers_seen"]);

        seen = 2;

        Assert.Equal("2", _scrapes["servers_seen"]);
    }

    [Fact]
    public void Scrape_ObservedSeriesThatIsGone_IsNotShown()
    {
        Measurement<int>[] seen =
            [new(1, new KeyValuePair<string, object?>("x", "a")), new(2, new KeyValuePair<string, object?>("x", "b"))];
        _meter.CreateObservableGauge("servers.seen", () => seen);
        Assert.Equal(("1", "2"), (_scrapes["""servers_seen{x="a"}"""], _scrapes["""servers_seen{x="b"}"""]));

        seen = seen[1..];

        Assert.Equal((null, "2"), (_scrapes["""servers_seen{x="a"}"""], _scrapes["""servers_seen{x="b"}"""]));
    }

    [Fact]
    public void Scrape_MetersOfAnotherHost_AreNotShown()
    {
        using var others = new TestMeters();
        using var another = new Scrapes(others);
        others.Create("ServersGrpc.Tests").CreateCounter<int>("servers.things").Add(1);
        others.Create("Microsoft.AspNetCore.Hosting").CreateCounter<int>("http.server.things").Add(1);

        Assert.Equal((null, null), (_scrapes["servers_things_total"], _scrapes["http_server_things_total"]));
        Assert.Equal(("1", "1"), (another["servers_things_total"], another["http_server_things_total"]));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Authentication", "aspnetcore.authentication.requests")]
    [InlineData("Microsoft.AspNetCore.Authorization", "aspnetcore.authorization.attempts")]
    [InlineData("Microsoft.AspNetCore.MemoryPool", "aspnetcore.memory_pool.rented")]
    [InlineData("Microsoft.AspNetCore.Routing", "aspnetcore.routing.match_attempts")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "kestrel.queued_requests")]
    public void Scrape_WhatCountsEachRequestOnceMore_IsNotEvenMeasured(string meter, string name)
    {
        var more = _meters.Create(meter).CreateCounter<long>(name);
        more.Add(1);
        var requests = _meters.Create("Microsoft.AspNetCore.Hosting").CreateCounter<long>("http.server.things");
        requests.Add(1);

        Assert.Equal((null, "1"), (_scrapes[$"{name.Replace('.', '_')}_total"], _scrapes["http_server_things_total"]));
        Assert.Equal((false, true), (more.Enabled, requests.Enabled));
    }

    [Fact]
    public void Scrape_AValueCannotBeRead_ShowsTheOthersAndWarnsOnceInAWhile()
    {
        var name = $"no reading {Guid.NewGuid()}";
        _meter.CreateObservableGauge("servers.a", (Func<int>)(() => throw new InvalidOperationException(name)));
        _meter.CreateObservableGauge("servers.b", () => 1);

        Assert.Equal("1", _scrapes["servers_b"]);
        Assert.Equal("1", _scrapes["servers_b"]);
        _time.Advance(TelemetryDiagnostics.Interval);
        Assert.Equal("1", _scrapes["servers_b"]);

        var warnings = _scrapes.Logs.At(LogLevel.Warning)
            .Where(entry => entry.Contains("OpenTelemetry-Sdk", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, warnings.Count(entry => entry.Contains(name, StringComparison.Ordinal)));
        Assert.All(warnings, entry => Assert.DoesNotContain("\n", entry.Trim()));
    }

    [Theory]
    [InlineData("System.Net.Http", "http.client.request.duration", "server.address", "http_client_request_duration_seconds_count")]
    [InlineData("System.Net.NameResolution", "dns.lookup.duration", "dns.question.name", "dns_lookup_duration_seconds_count")]
    public void Scrape_RequestsToServers_ShowNoAddress(string meter, string instrument, string label, string shown)
    {
        _meters.Create(meter).CreateHistogram<double>(instrument, "s").Record(1, new(label, "127.9.8.7"), new("error.type", "timeout"));

        Assert.Equal("1", _scrapes[$"{shown}{{error_type=\"timeout\"}}"]);
        Assert.DoesNotContain("127.9.8.7", _scrapes.Scrape());
    }

    [Fact]
    public void Scrape_TooManySeries_CountsTheRestInOne()
    {
        var counter = _meter.CreateCounter<int>("servers.things");
        for (var i = 0; i < 2_050; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));

        var shown = _scrapes.Page().Samples
            .Where(sample => sample.Sample.StartsWith("servers_things_total", StringComparison.Ordinal)).ToArray();

        Assert.InRange(shown.Length, 1, 2_001);
        Assert.Contains(shown, sample => sample.Sample == """servers_things_total{otel_metric_overflow="true"}""" && sample.Value != "1");
    }
}
