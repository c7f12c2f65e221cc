using System.Globalization;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>What a monitoring system is told: valid by Prometheus' own tool, true, and as documented.</summary>
public class MetricsTests(ITestOutputHelper output) : ServiceTest(output)
{
    private static readonly string Documentation = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task Metrics_NeedAToken_AndAreAnsweredAsPrometheusAsks()
    {
        Assert.Equal(401, (await Curl.SendAsync(Service.Address + "/metrics")).Status);

        var answer = await Curl.SendAsync(Service, "GET", "/metrics");
        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8", "no-store"), (answer.Status, answer.Header("content-type"), answer.Header("cache-control")));
        Assert.Equal(200, (await Curl.SendAsync(Service, "GET", "/metrics", "--head")).Status);
    }

    [Fact]
    public async Task Metrics_ByPrometheusOwnTool_HaveNothingWrong()
    {
        await Service.ProvisionRunningAsync("measured");
        var file = Path.Combine(Service.DataDirectory, "metrics.txt");
        await File.WriteAllTextAsync(file, await ScrapeAsync());

        var check = await Promtool.CheckMetricsAsync(file);

        Assert.Equal((0, "", ""), (check.ExitCode, check.Output, check.Error));
    }

    [Fact]
    public async Task Metrics_OfAServersLife_MoveWithIt()
    {
        Assert.Equal((null, "0"), (await ReadAsync(ByState("running")), await ReadAsync("servers_store_failing")));

        await Service.ProvisionRunningAsync("measured");
        Assert.Equal(("1", "0", "0"), (await ReadAsync(ByState("running")), await ReadAsync(ByState("stopped")), await ReadAsync("servers_open_creates{provider=\"local\"}")));
        Assert.Equal("1", await ReadAsync(Calls("create")));
        Assert.Null(await ReadAsync(Calls("destroy")));
        var commits = await CommitsAsync();

        await Service.TerminateAsync("measured");
        await Service.BecomesAsync("measured", "stopped");
        Assert.Equal(("0", "1"), (await ReadAsync(ByState("running")), await ReadAsync(ByState("stopped"))));
        Assert.Equal("1", await ReadAsync(Calls("destroy")));
        Assert.True(await CommitsAsync() > commits);
    }

    [Fact]
    public async Task Metrics_ThatAreShown_AreAllDocumented()
    {
        await Service.ProvisionRunningAsync("measured");
        var shown = new MetricsPage(await ScrapeAsync()).Metrics.Select(metric => metric.Name).ToArray();

        // Metrics of ours are documented one by one; those of the framework by their families.
        string[] ownFamilies = ["servers_", "process_"];
        var ours = shown.Where(name => Families(name).Any(ownFamilies.Contains)).ToArray();
        Assert.NotEmpty(ours);
        Assert.All(ours, name => Assert.Contains($"`{name}`", Documentation, StringComparison.Ordinal));
        Assert.All(shown.Except(ours), name => Assert.Contains(
            Families(name), family => Documentation.Contains($"`{family}…`", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("http_server_request_duration_seconds_count")]
    [InlineData("http_client_request_duration_seconds_count")]
    [InlineData("kestrel_active_connections")]
    [InlineData("dotnet_process_memory_working_set_bytes")]
    [InlineData("dotnet_gc_collections_total")]
    public async Task Metrics_OfTheFramework_AreShown(string name)
    {
        await Service.ProvisionRunningAsync("measured");

        Assert.Contains(new MetricsPage(await ScrapeAsync()).Samples, sample => sample.Sample.Split('{')[0] == name);
    }

    [Fact]
    public async Task DocumentedRulesAndScrape_ByPrometheusOwnTool_AreValid()
    {
        var rules = await WriteAsync("rules.yml", Documented("groups:"));
        // It looks for the token's file.
        var token = Path.Combine(Service.DataDirectory, "admin.token");
        var scrape = await WriteAsync(
            "prometheus.yml", Documented("scrape_configs:").Replace("/etc/prometheus/servers.token", token, StringComparison.Ordinal));

        var checkedRules = await Promtool.CheckRulesAsync(rules);
        var checkedScrape = await Promtool.CheckConfigurationAsync(scrape);

        Assert.True(checkedRules.ExitCode == 0 && checkedRules.Output.Contains("SUCCESS: 3 rules found", StringComparison.Ordinal), checkedRules.Output + checkedRules.Error);
        Assert.True(checkedScrape.ExitCode == 0, checkedScrape.Output + checkedScrape.Error);
    }

    [Fact]
    public async Task DocumentedRules_PlayedTrouble_RaiseWhatTheySay()
    {
        var rules = await WriteAsync("rules.yml", Documented("groups:"));
        var played = await WriteAsync("played.yml", Played(rules));

        var test = await Promtool.TestRulesAsync(played);

        Assert.True(test.ExitCode == 0, test.Output + test.Error);
    }

    /// <summary>The documented block of YAML that begins so.</summary>
    private static string Documented(string first)
    {
        var begin = Documentation.IndexOf($"```yaml\n{first}", StringComparison.Ordinal) + "```yaml\n".Length;
        return Documentation[begin..Documentation.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    // promtool compares annotations too.
    private static string Played(string rules) => $$$"""
        rule_files: ["{{{rules}}}"]
        evaluation_interval: 1m
        tests:
          - interval: 1m
            input_series:
              - {series: 'servers_open_create_age_seconds{provider="quiet"}', values: '0+10x90'}
              - {series: 'servers_state_age_seconds{provider="quiet",state="staging"}', values: '0+60x90'}
              - {series: 'servers_state_age_seconds{provider="stuck",state="stopping"}', values: '0+60x90'}
              - {series: 'servers_sweep_last_success_timestamp_seconds{provider="quiet"}', values: '0+60x90'}
              - {series: 'servers_sweep_last_success_timestamp_seconds{provider="stuck"}', values: '0+0x90'}
              - {series: 'servers_sweeps_total{provider="quiet",outcome="failed"}', values: '0+0x40 1+0x50'}
              - {series: 'servers_sweeps_total{provider="never",outcome="failed"}', values: '0+0.2x90'}
              - {series: 'servers_sweep_orphans_total{provider="quiet",action="found"}', values: '0+0x90'}
              - {series: 'servers_sweep_orphans_total{provider="leaky",action="found"}', values: '0+0x40 1+0x50'}
              - {series: 'servers_liveness_suspended', values: '0+0x40 1+0x50'}
              - {series: 'servers_store_failing', values: '0+0x90'}
            alert_rule_test:
              - {eval_time: 20m, alertname: ServersUnfinished, exp_alerts: []}
              - eval_time: 70m
                alertname: ServersUnfinished
                exp_alerts: [{exp_labels: {severity: page, provider: stuck}, exp_annotations: {summary: "{{{Summary("ServersUnfinished")}}}"}}]
              - {eval_time: 20m, alertname: ServersUnswept, exp_alerts: []}
              - eval_time: 70m
                alertname: ServersUnswept
                exp_alerts:
                  - {exp_labels: {severity: page, provider: leaky}, exp_annotations: {summary: "{{{Summary("ServersUnswept")}}}"}}
                  - {exp_labels: {severity: page, provider: never}, exp_annotations: {summary: "{{{Summary("ServersUnswept")}}}"}}
                  - {exp_labels: {severity: page, provider: stuck}, exp_annotations: {summary: "{{{Summary("ServersUnswept")}}}"}}
              - {eval_time: 43m, alertname: ServersBlind, exp_alerts: []}
              - eval_time: 70m
                alertname: ServersBlind
                exp_alerts: [{exp_labels: {severity: page}, exp_annotations: {summary: "{{{Summary("ServersBlind")}}}"}}]
        """;

    private static string Summary(string alert)
    {
        var rule = Documentation[Documentation.IndexOf($"alert: {alert}", StringComparison.Ordinal)..];
        return rule.Split('\n').First(line => line.Contains("summary: ", StringComparison.Ordinal)).Split("summary: ")[1];
    }

    /// <summary>The families that a name may be of: dotnet_, dotnet_gc_ and so on.</summary>
    private static IEnumerable<string> Families(string name) =>
        name.Select((letter, at) => (letter, at)).Where(one => one.letter == '_').Select(one => name[..(one.at + 1)]);

    private static string ByState(string state) => $"servers_by_state{{provider=\"local\",state=\"{state}\"}}";

    private static string Calls(string call) => $"servers_provider_call_duration_seconds_count{{call=\"{call}\",outcome=\"ok\",provider=\"local\"}}";

    private async Task<string> WriteAsync(string name, string text)
    {
        var file = Path.Combine(Service.DataDirectory, name);
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private async Task<string> ScrapeAsync() => (await Curl.SendAsync(Service, "GET", "/metrics")).Body;

    private async Task<string?> ReadAsync(string sample) => new MetricsPage(await ScrapeAsync())[sample];

    private async Task<double> CommitsAsync() => double.Parse((await ReadAsync("servers_store_commit_duration_seconds_count"))!, CultureInfo.InvariantCulture);
}
