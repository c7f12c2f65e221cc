using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.Hetzner;
using ServersGrpc.Tests.Engine.Providers.Cloud;
using static ServersGrpc.Engine.Providers.ProviderFault;

namespace ServersGrpc.Tests.Engine.Providers.Hetzner;

/// <summary>Every error code that the API documents, with the status it comes with where that is known.</summary>
public sealed class HetznerFaultTests
{
    [Theory]
    [InlineData(404, "not_found", NotFound)]
    [InlineData(403, "resource_limit_exceeded", CapacityUnavailable)]
    [InlineData(412, "resource_unavailable", CapacityUnavailable)]
    [InlineData(503, "resource_unavailable", CapacityUnavailable)]
    [InlineData(503, "placement_error", CapacityUnavailable)]
    [InlineData(422, "no_space_left_in_location", CapacityUnavailable)]
    [InlineData(422, "no_subnet_available", CapacityUnavailable)]
    [InlineData(429, "rate_limit_exceeded", Transient)]
    [InlineData(429, "limit_reached", Transient)]
    [InlineData(423, "locked", Transient)]
    [InlineData(409, "conflict", Transient)]
    [InlineData(503, "maintenance", Transient)]
    [InlineData(503, "robot_unavailable", Transient)]
    [InlineData(503, "unavailable", Transient)]
    [InlineData(503, "service_error", Transient)]
    [InlineData(500, "server_error", Transient)]
    [InlineData(500, "unknown_error", Transient)]
    [InlineData(502, "bad_gateway", Transient)]
    [InlineData(504, "timeout", Transient)]
    [InlineData(422, "server_not_stopped", Transient)]
    [InlineData(422, "must_be_unassigned", Transient)]
    [InlineData(422, "primary_ip_assigned", Transient)]
    [InlineData(422, "primary_ip_already_assigned", Transient)]
    [InlineData(422, "resource_in_use", Transient)]
    [InlineData(422, "volume_already_attached", Transient)]
    [InlineData(422, "action_failed", Transient)]
    [InlineData(400, "json_error", Rejected)]
    [InlineData(401, "unauthorized", Rejected)]
    [InlineData(403, "forbidden", Rejected)]
    [InlineData(403, "token_readonly", Rejected)]
    [InlineData(405, "method_not_allowed", Rejected)]
    [InlineData(410, "deprecated_api_endpoint", Rejected)]
    [InlineData(422, "invalid_input", Rejected)]
    [InlineData(422, "invalid_server_type", Rejected)]
    [InlineData(422, "networks_overlap", Rejected)]
    [InlineData(422, "ip_not_available", Rejected)]
    [InlineData(422, "server_already_attached", Rejected)]
    [InlineData(422, "server_already_added", Rejected)]
    [InlineData(422, "primary_ip_datacenter_mismatch", Rejected)]
    [InlineData(422, "primary_ip_version_mismatch", Rejected)]
    [InlineData(422, "server_has_ipv4", Rejected)]
    [InlineData(422, "server_has_ipv6", Rejected)]
    [InlineData(422, "firewall_already_applied", Rejected)]
    [InlineData(422, "firewall_resource_not_found", Rejected)]
    [InlineData(422, "firewall_managed_by_label_selector", Rejected)]
    [InlineData(422, "incompatible_network_type", Rejected)]
    [InlineData(422, "private_net_only_server", Rejected)]
    [InlineData(422, "cloud_resource_ip_not_allowed", Rejected)]
    [InlineData(423, "protected", Rejected)]
    [InlineData(423, "resource_locked", Rejected)]
    [InlineData(422, "unsupported_error", Rejected)]
    // Codes that are not documented yet.
    [InlineData(422, "brand_new", Rejected)]
    [InlineData(404, "brand_new", Transient)]
    [InlineData(409, "brand_new", Transient)]
    [InlineData(423, "brand_new", Transient)]
    [InlineData(500, "brand_new", Transient)]
    // The API's words with a proxy's status, or the other way around.
    [InlineData(500, "not_found", Transient)]
    [InlineData(503, "invalid_input", Transient)]
    public async Task GetAsync_DocumentedError_IsSorted(int status, string code, ProviderFault expected)
    {
        var fault = await FaultAsync(status, HetznerBed.Error(code, "it went wrong"));

        Assert.Equal(expected, fault.Fault);
        Assert.Contains($"({code}, HTTP {status} of hetznercloud)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("it went wrong", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, Rejected)]
    [InlineData(403, Rejected)]
    [InlineData(404, Transient)]
    [InlineData(400, Transient)]
    [InlineData(422, Transient)]
    [InlineData(302, Transient)]
    [InlineData(408, Transient)]
    [InlineData(429, Transient)]
    [InlineData(500, Transient)]
    [InlineData(502, Transient)]
    [InlineData(503, Transient)]
    [InlineData(504, Transient)]
    public async Task GetAsync_AnswerThatIsNotTheApis_IsNotBelieved(int status, ProviderFault expected)
    {
        foreach (var body in new[] { "{}", """{"error":"text"}""", """{"error":{"code":1}}""" })
            Assert.Equal(expected, (await FaultAsync(status, body)).Fault);
        foreach (var page in new[] { "<html>nginx</html>", "", "[]" })
            Assert.Equal(Transient, (await FaultAsync(status, page)).Fault);
    }

    // Another place may have it.
    [Theory]
    [InlineData(422, "invalid_input", "unsupported location for server type")]
    [InlineData(412, "precondition_failed", "server location disabled")]
    public async Task GetAsync_PlaceThatDoesNotHaveIt_IsAMatterOfCapacity(int status, string code, string message) =>
        Assert.Equal(ProviderFault.CapacityUnavailable, (await FaultAsync(status, HetznerBed.Error(code, message))).Fault);

    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(403, "forbidden")]
    [InlineData(403, "token_readonly")]
    public async Task GetAsync_TokenRefused_SaysWhichSettingToCheck(int status, string code)
    {
        var fault = await FaultAsync(status, HetznerBed.Error(code));

        Assert.Contains("check Token or TokenFile of Servers:Providers:hetznercloud", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_InvalidInput_NamesTheFields()
    {
        var fault = await FaultAsync(
            422, """{"error":{"code":"invalid_input","message":"invalid input","details":{"fields":[{"name":"server_type","messages":["no"]}]}}}""");

        Assert.StartsWith("invalid input: server_type", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_MessageWithTheTokenAndWithoutEnd_IsCutAndWithoutTheToken()
    {
        var fault = await FaultAsync(422, HetznerBed.Error("invalid_input", $"bad {CloudSpecs.Token} {new string('x', 10_000)}"));

        Assert.StartsWith("bad *** xxx", fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Length, 100, 400);
        Assert.DoesNotContain(CloudSpecs.Token, $"{fault}", StringComparison.Ordinal);
    }

    private static async Task<ProviderException> FaultAsync(int status, string body)
    {
        var cloud = new ScriptedHandler().Then("GET", status, body);
        var client = new CloudClient(new HetznerDialect(), new HetznerOptions { Token = CloudSpecs.Token }, new ImpatientTime(), cloud);
        return await Assert.ThrowsAsync<ProviderException>(() => client.GetAsync("/x", default));
    }
}
