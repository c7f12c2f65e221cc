using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Cloud;
using ServersGrpc.Engine.Providers.DigitalOcean;
using ServersGrpc.Tests.Engine.Providers.Cloud;
using static ServersGrpc.Engine.Providers.ProviderFault;

namespace ServersGrpc.Tests.Engine.Providers.DigitalOcean;

/// <summary>Every error that the API documents, and the wordings that are known of the one that says all and nothing.</summary>
public sealed class DigitalOceanFaultTests
{
    [Theory]
    [InlineData(404, "not_found", "The resource you requested could not be found.", NotFound)]
    [InlineData(401, "unauthorized", "Unable to authenticate you.", Rejected)]
    [InlineData(403, "forbidden", "You do not have permission to perform this action.", Rejected)]
    [InlineData(400, "bad_request", "error parsing request body", Rejected)]
    [InlineData(409, "conflict", "The request could not be completed due to a conflict.", Transient)]
    [InlineData(412, "precondition_failed", "It is being changed.", Transient)]
    [InlineData(423, "locked", "It is locked.", Transient)]
    [InlineData(429, "too_many_requests", "API rate limit exceeded.", Transient)]
    [InlineData(500, "server_error", "Unexpected server-side error", Transient)]
    [InlineData(502, "bad_gateway", "", Transient)]
    [InlineData(503, "service_unavailable", "Try again later", Transient)]
    [InlineData(504, "gateway_timeout", "", Transient)]
    [InlineData(422, "unprocessable_entity", "creating this/these droplet(s) will exceed your droplet limit", CapacityUnavailable)]
    [InlineData(422, "unprocessable_entity", "Size is not available in this region.", CapacityUnavailable)]
    [InlineData(422, "unprocessable_entity", "Region is not available", CapacityUnavailable)]
    [InlineData(422, "unprocessable_entity", "The size is currently unavailable", CapacityUnavailable)]
    [InlineData(422, "unprocessable_entity", "volume quota exceeded", CapacityUnavailable)]
    [InlineData(422, "unprocessable_entity", "Droplet already has a pending event.", Transient)]
    [InlineData(422, "unprocessable_entity", "The droplet is locked", Transient)]
    [InlineData(422, "unprocessable_entity", "volume is still attached to a droplet", Transient)]
    [InlineData(422, "unprocessable_entity", "You specified an invalid image for Droplet creation.", Rejected)]
    [InlineData(422, "unprocessable_entity", "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)", Rejected)]
    [InlineData(422, "unprocessable_entity", "1234 are invalid key identifiers for Droplet creation.", Rejected)]
    [InlineData(422, "unprocessable_entity", "request payload validation failed", Rejected)]
    [InlineData(403, "forbidden", "You have reached your droplet limit.", CapacityUnavailable)]
    [InlineData(404, "no_such_route", "", Transient)]
    [InlineData(500, "not_found", "", Transient)]
    public async Task GetAsync_DocumentedError_IsSorted(int status, string id, string message, ProviderFault expected)
    {
        var fault = await FaultAsync(status, $$"""{"id":"{{id}}","message":"{{message}}","request_id":"x"}""");

        Assert.Equal(expected, fault.Fault);
        Assert.Contains($"({id}, HTTP {status} of digitalocean)", fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, Rejected)]
    [InlineData(403, Rejected)]
    [InlineData(404, Transient)]
    [InlineData(422, Transient)]
    [InlineData(502, Transient)]
    public async Task GetAsync_AnswerThatIsNotTheApis_IsNotBelieved(int status, ProviderFault expected)
    {
        foreach (var body in new[] { "{}", """{"id":7}""" })
            Assert.Equal(expected, (await FaultAsync(status, body)).Fault);
        foreach (var page in new[] { "<html>", "", "[]" })
            Assert.Equal(Transient, (await FaultAsync(status, page)).Fault);
    }

    private static async Task<ProviderException> FaultAsync(int status, string body)
    {
        var cloud = new ScriptedHandler().Then("GET", status, body);
        var client = new CloudClient(new DigitalOceanDialect(), new DigitalOceanOptions { Token = CloudSpecs.Token }, new ImpatientTime(), cloud);
        return await Assert.ThrowsAsync<ProviderException>(() => client.GetAsync("/x", default));
    }
}
