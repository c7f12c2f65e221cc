using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>A service that shows its metrics to everyone.</summary>
public class MetricsWithoutTokenTests(ITestOutputHelper output) : ServiceTest(output)
{
    protected override string[] Options => ["--Servers:Metrics:Open=true"];

    [Fact]
    public async Task Metrics_AreShownToStrangers_AndNothingElseIs()
    {
        var answer = await Curl.SendAsync(Service.Address + "/metrics");

        Assert.Equal(200, answer.Status);
        Assert.Contains("servers_build_info{", answer.Body, StringComparison.Ordinal);
        Assert.Equal(401, (await Curl.SendAsync(Service.Address + "/varz")).Status);
        Assert.Equal(401, (await Curl.SendAsync("--request", "POST", Service.Address + "/metrics")).Status);
    }

    [Fact]
    public async Task Metrics_NameNoServerAndNoSecret()
    {
        var server = await Service.ProvisionRunningAsync("confidential");

        var shown = (await Curl.SendAsync(Service.Address + "/metrics")).Body;

        Assert.DoesNotContain("confidential", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Address, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Service.Token, shown, StringComparison.Ordinal);
    }
}
