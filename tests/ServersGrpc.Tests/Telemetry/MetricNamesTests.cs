using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Listening.Tls;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Telemetry;

/// <summary>Dashboards and alerts of users name these metrics: a name, a type, a label or a bucket that changes breaks them.</summary>
public sealed class MetricNamesTests
{
    private const string Published = """
        gauge servers_build_info{commit,version}
        gauge servers_by_state{provider,state}
        gauge servers_certificates_expiring{provider}
        gauge servers_certificates_soonest_end_seconds{provider}
        counter servers_lifecycle_leases_lost_total{}
        counter servers_lifecycle_retries_total{step}
        histogram servers_lifecycle_step_duration_seconds{step} 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 300 +Inf
        counter servers_lifecycle_steps_total{outcome,step}
        gauge servers_liveness_failing{}
        gauge servers_liveness_suspended{}
        gauge servers_open_create_age_seconds{provider}
        gauge servers_open_creates{provider}
        counter servers_probes_total{kind,outcome}
        histogram servers_provider_call_duration_seconds{call,outcome,provider} 0.005 0.025 0.1 0.25 0.5 1 2.5 5 10 30 60 120 300 +Inf
        gauge servers_provider_calls_running{provider}
        gauge servers_provider_calls_waiting{provider}
        gauge servers_state_age_seconds{provider,state}
        histogram servers_store_commit_duration_seconds{} 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf
        histogram servers_store_commit_writes{} 1 2 4 8 16 32 64 128 256 +Inf
        gauge servers_store_failing{}
        counter servers_store_failures_total{}
        histogram servers_store_write_wait_seconds{} 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf
        gauge servers_sweep_last_success_timestamp_seconds{provider}
        counter servers_sweep_orphans_total{action,provider}
        counter servers_sweeps_total{outcome,provider}
        gauge servers_tls_certificate_remaining_seconds{}
        gauge servers_watches{}
        """;

    [Fact]
    public async Task Scrape_EveryRoomMeasured_ShowsThePublishedMetrics()
    {
        using var meters = new TestMeters();
        using var scrapes = new Scrapes(meters);
        using var authority = new TestAuthority();
        await using var engine = await new EngineFixture().StartAsync();
        await engine.ProvisionAsync();
        await engine.IsAsync(ServerState.Running);
        var second = TimeSpan.FromSeconds(1);

        var store = new StoreMetrics(meters);
        store.Observe(engine.Store, () => false, engine.Time);
        store.Waited(second);
        store.Committed(1, second);
        var providers = new ProviderMetrics(meters);
        providers.Observe("scripted", new CallGate(1, 1, engine.Time));
        providers.Called("scripted", "create", "ok", second);
        var lifecycle = new LifecycleMetrics(engine.Breaker, engine.Ends, engine.Time, meters);
        lifecycle.Step("CreateStep", "ok", second);
        lifecycle.Retry("CreateStep");
        lifecycle.Probe("readiness", "ok");
        lifecycle.Sweep("scripted", "ok");
        lifecycle.SweepSucceeded("scripted", engine.Time.GetUtcNow());
        lifecycle.Orphans("scripted", "found", 0);
        var (certificate, key) = authority.Server();
        _ = new TlsMetrics(new TlsHandshake(ServerCertificate.Watch(certificate, key), null), engine.Time, meters);

        Assert.Equal(Published.Split('\n'), Shown(scrapes));
    }

    /// <summary>Each metric of ours as "type name{labels} buckets".</summary>
    private static IEnumerable<string> Shown(Scrapes scrapes)
    {
        var page = scrapes.Page();
        var samples = page.Samples.Select(sample => sample.Sample).ToArray();
        return
            from metric in page.Metrics
            let name = metric.Name
            where name.StartsWith("servers_", StringComparison.Ordinal)
            let own = samples.Where(sample => NameOf(sample) == name || NameOf(sample) == name + "_bucket")
            let labels = own.SelectMany(Labels).Distinct().ToArray()
            let names = labels.Select(label => label.Name).Where(label => label != "le").Distinct().Order()
            let buckets = labels.Where(label => label.Name == "le").Select(label => label.Value)
            orderby name
            select $"{metric.Type} {name}{{{string.Join(',', names)}}}" + string.Concat(buckets.Select(bucket => " " + bucket));
    }

    private static string NameOf(string sample) => sample.Split('{')[0];

    // No value of this test holds a comma or a quotation mark.
    private static IEnumerable<(string Name, string Value)> Labels(string sample) => !sample.Contains('{')
        ? []
        : sample.Split('{')[1].TrimEnd('}').Split(',').Select(label => label.Split('=')).Select(label => (label[0], label[1].Trim('"')));
}
