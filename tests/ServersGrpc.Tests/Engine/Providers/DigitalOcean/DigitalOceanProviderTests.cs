using System.Text.Json.Nodes;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Tests.Engine.Providers.Cloud;
using static ServersGrpc.Tests.Engine.Providers.DigitalOcean.DigitalOceanBed;

namespace ServersGrpc.Tests.Engine.Providers.DigitalOcean;

public sealed class DigitalOceanProviderTests
{
    private readonly DigitalOceanBed _bed = new();

    private ScriptedHandler Cloud => _bed.Cloud;

    [Fact]
    public async Task CreateAsync_AllOptions_AsksAsDocumented()
    {
        (_bed.Options.SshKeys, _bed.Options.Tags, _bed.Options.Vpc) = (["17", "3b:16"], ["mine"], "760e09ef-dc84-11e8-981e-3cfdfeaae000");
        (_bed.Options.PrivateAddress, _bed.Options.IPv6) = (true, true);
        Cloud.Then(Find, 200, Droplets())
            .Then("POST /v2/droplets", 202, Order(Droplet(located: false)))
            .Then("GET /v2/actions/9", 200, Action("in-progress"))
            .Then("GET /v2/actions/9", 200, Action("completed"))
            .Then(Find, 200, Droplets(Droplet()))
            .Then("GET /v2/droplets/42", 200, $$"""{"droplet":{{Droplet()}} }""");

        var instance = await _bed.NewProvider().CreateAsync(CloudSpecs.New("hello {{name}}") with { Image = "4711" }, default);

        Cloud.AssertDone();
        Assert.Equal(("42", CloudSpecs.Uid, "web", "10.0.0.7"), (instance.Id, instance.Uid, instance.Name, instance.Address));
        var expected = JsonNode.Parse(
            """
            {"name":"web","region":"place-1","size":"size-1","image":4711,"user_data":"hello web",
             "tags":["servers-grpc-installation:ours","servers-grpc-uid:0123456789abcdef0123456789abcdef","servers-grpc-name:web","mine"],
             "ipv6":true,"monitoring":false,"public_networking":true,"ssh_keys":[17,"3b:16"],"vpc_uuid":"760e09ef-dc84-11e8-981e-3cfdfeaae000"}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(Cloud.Requests[1].Body)), Cloud.Requests[1].Body);
    }

    [Fact]
    public async Task CreateAsync_PresentAlready_IsAdopted()
    {
        // The tag is not enough: whoever copies a droplet's tags has not made it ours.
        Cloud.Then(Find, 200, Droplets(Droplet(3, "theirs"), Droplet(50), Droplet(7)));

        var instance = await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default);

        Assert.Equal(("7", "192.0.2.7"), (instance.Id, instance.Address));
    }

    [Fact]
    public async Task CreateAsync_AnotherCameFirst_GivesItsOwnBack()
    {
        Cloud.Then(Find, 200, Droplets())
            .Then("POST /v2/droplets", 202, Order(Droplet(42)))
            .Then("GET /v2/actions/9", 200, Action("completed"))
            .Then(Find, 200, Droplets(Droplet(42), Droplet(41)))
            .Then("DELETE /v2/droplets/42", 204, "")
            .Then("GET /v2/droplets/42", 200, $$"""{"droplet":{{Droplet(42)}} }""")
            .Then("GET /v2/droplets/42", 404, Nothing)
            .Then(Find, 200, Droplets(Droplet(41)));

        Assert.Equal("41", (await _bed.NewProvider().CreateAsync(CloudSpecs.New(), default)).Id);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task CreateAsync_ActionFails_RemovesWhatWasHalfMade()
    {
        Cloud.Then(Find, 200, Droplets())
            .Then("POST /v2/droplets", 202, Order(Droplet()))
            .Then("GET /v2/actions/9", 200, Action("errored"))
            .Then("DELETE /v2/droplets/42", 204, "")
            .Then("GET /v2/droplets/42", 404, Nothing)
            .Then(Find, 200, Droplets())
            .Then(FindVolumes, 200, Volumes());

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New(), default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task CreateAsync_VolumeSize_MakesAVolumeFirst()
    {
        _bed.Options.VolumeSize = 1;
        Cloud.Then(Find, 200, Droplets())
            .Then(FindVolumes, 200, Volumes())
            .Then("POST /v2/volumes", 201, $$"""{"volume":{{Volume()}} }""")
            .Then("POST /v2/droplets", 422, """{"id":"unprocessable_entity","message":"creating this/these droplet(s) will exceed your droplet limit"}""")
            .Then("DELETE /v2/volumes/v-1", 204, "");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New(), default));

        Assert.Equal(ProviderFault.CapacityUnavailable, fault.Fault);
        Cloud.AssertDone();
        Assert.Equal($"servers-{CloudSpecs.Uid}", (string)JsonNode.Parse(Cloud.Requests[2].Body)!["name"]!);
        Assert.Equal("v-1", (string)JsonNode.Parse(Cloud.Requests[3].Body)!["volumes"]![0]!);
    }

    [Fact]
    public async Task CreateAsync_SizeWithAGpu_IsRefused()
    {
        Cloud.Then(Find, 200, Droplets());

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().CreateAsync(CloudSpecs.New() with { Size = "gpu-h100x1-80gb" }, default));

        Assert.Equal(ProviderFault.Rejected, fault.Fault);
    }

    [Fact]
    public async Task ListAsync_SeveralPages_IsAllAndLoneVolumes()
    {
        const string Listing = "GET /v2/droplets?tag_name=servers-grpc-installation:ours&page=";
        Cloud.Then("GET /v2/volumes?page=1", 200, Page("volumes", 2, true, Volume(uid: "gone")))
            .Then("GET /v2/volumes?page=2", 200, Page("volumes", 2, false, Volume("v-2", installation: "theirs")))
            .Then(Listing + "1", 200, Page("droplets", 2, true, Droplet(1)))
            .Then(Listing + "2", 200, Page("droplets", 2, false, Droplet(2)));

        Assert.Equal(["1", "2", "volume-v-1"], (await _bed.NewProvider().ListAsync(default)).Select(instance => instance.Id));
    }

    [Fact]
    public async Task DestroyAsync_Ours_IsRemoved()
    {
        Cloud.Then("GET /v2/droplets/42", 200, $$"""{"droplet":{{Droplet()}} }""").Then("DELETE /v2/droplets/42", 204, "");

        await _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default);

        Cloud.AssertDone();
    }

    [Fact]
    public async Task DestroyAsync_WithoutOurTag_IsLeftAloneAndNotTakenForGone()
    {
        Cloud.Then("GET /v2/droplets/42", 200, $$"""{"droplet":{{Droplet(installation: "theirs")}} }""");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => _bed.NewProvider().DestroyAsync(CloudSpecs.Instance("42"), default));

        Assert.Contains("The machine 42 is there", fault.Message, StringComparison.Ordinal);
        Cloud.AssertDone();
    }

    [Fact]
    public async Task FindAsync_OnlyAVolumeIsLeft_RemovesIt()
    {
        Cloud.Then(Find, 200, Droplets()).Then(FindVolumes, 200, Volumes(Volume(), Volume("v-2", installation: "theirs"))).Then("DELETE /v2/volumes/v-1", 204, "");

        Assert.Null(await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default));
        Cloud.AssertDone();
    }

    [Fact]
    public async Task FindAsync_NoAddressYet_IsFoundWithoutOne()
    {
        Cloud.Then(Find, 200, Droplets(Droplet(located: false)));

        Assert.Equal("", (await _bed.NewProvider().FindAsync(CloudSpecs.Uid, default))?.Address);
    }
}
