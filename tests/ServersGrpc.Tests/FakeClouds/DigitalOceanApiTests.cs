using System.Net;
using System.Text.Json.Nodes;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>The fake DigitalOcean API against its documents.</summary>
public class DigitalOceanApiTests : FakeCloudTest
{
    [Fact]
    public async Task Droplet_WholeLife_IsAsDocumented()
    {
        var created = await CreateDropletAsync("web-1", body => body["tags"] = new JsonArray("env:test"));
        var id = (long)created["droplet"]!["id"]!;
        var action = created["links"]!["actions"]![0]!;
        Assert.Equal("new", (string?)created["droplet"]!["status"]);
        Assert.Empty(created["droplet"]!["networks"]!["v4"]!.AsArray());
        Assert.Equal(("create", $"{Fake.Address}v2/actions/{action["id"]}"), ((string?)action["rel"], (string?)action["href"]));

        await SeeAsync(() => GetAsync(Cloud.DigitalOcean, $"actions/{action["id"]}"), seen => (string?)seen["action"]!["status"] == "completed");
        var droplet = (await GetAsync(Cloud.DigitalOcean, $"droplets/{id}"))["droplet"]!;
        var addresses = droplet["networks"]!["v4"]!.AsArray();
        Assert.Equal(("active", "fra1", "env:test"), ((string?)droplet["status"], (string?)droplet["region"]!["slug"], (string?)droplet["tags"]![0]));
        Assert.Equal(["private", "public"], addresses.Select(address => (string)address!["type"]!));
        Assert.StartsWith("127.255.", (string?)addresses[1]!["ip_address"], StringComparison.Ordinal);

        await CallAsync(Cloud.DigitalOcean, HttpMethod.Delete, $"droplets/{id}", expected: HttpStatusCode.NoContent);
        await SeeAsync(() => GetAsync(Cloud.DigitalOcean, "droplets"), seen => seen["droplets"]!.AsArray().Count == 0);
        var missing = await CallAsync(Cloud.DigitalOcean, HttpMethod.Get, $"droplets/{id}", expected: HttpStatusCode.NotFound);
        Assert.Equal("not_found", (string?)missing!["id"]);
        Assert.NotNull(missing["request_id"]);
    }

    [Theory]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":"debian-12-x64","regoin":"fra1"}""", "regoin unknown field.")]
    [InlineData("""{"name":"a","size":"s-9vcpu-1gb","image":"debian-12-x64"}""", "You specified an invalid size for Droplet creation.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":"debian"}""", "You specified an invalid image for Droplet creation.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":133555900,"region":"mars"}""", "You specified an invalid region for Droplet creation.")]
    [InlineData("""{"name":"a","size":"c-2","image":133555900,"region":"lon1"}""", "Size is not available in this region.")]
    [InlineData("""{"name":"a_b","size":"s-1vcpu-1gb","image":133555900}""", "Only valid hostnames are allowed. (a-z, A-Z, 0-9, . and -)")]
    [InlineData("""{"size":"s-1vcpu-1gb","image":133555900}""", "Either a name or names are needed to create a Droplet.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":133555900,"ssh_keys":[7]}""", "7 are invalid key identifiers for Droplet creation.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":133555900,"vpc_uuid":"none"}""", "You specified an invalid VPC for Droplet creation.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":133555900,"tags":["a.b"]}""", "tags has 'a.b': letters, numbers, colons, dashes and underscores, at most 255.")]
    [InlineData("""{"name":"a","size":"s-1vcpu-1gb","image":133555900,"volumes":["none"]}""", "Volume none does not exist.")]
    public async Task Create_WrongField_IsUnprocessable(string body, string message)
    {
        var refusal = await CallAsync(
            Cloud.DigitalOcean, HttpMethod.Post, "droplets", JsonNode.Parse(body), HttpStatusCode.UnprocessableEntity);

        Assert.Equal(("unprocessable_entity", message), ((string?)refusal!["id"], (string?)refusal["message"]));
        Assert.Equal(0, (await Fake.GetBillAsync()).MachinesMade);
    }

    [Fact]
    public async Task Create_SameNameTwice_MakesTwo()
    {
        await CreateDropletAsync("same");
        await CreateDropletAsync("same");

        var listed = await GetAsync(Cloud.DigitalOcean, "droplets?name=SAME");

        Assert.Equal(2, listed["droplets"]!.AsArray().Count);
    }

    [Fact]
    public async Task Create_Names_MakesAll()
    {
        var created = await CreateDropletAsync("unused", body =>
        {
            body.Remove("name");
            body["names"] = new JsonArray("a", "b");
        });

        Assert.Equal(["a", "b"], created["droplets"]!.AsArray().Select(droplet => (string)droplet!["name"]!));
        Assert.Equal(2, created["links"]!["actions"]!.AsArray().Count);
    }

    [Fact]
    public async Task List_TagName_PagesKeepIt()
    {
        for (var number = 1; number <= 3; number++) await CreateDropletAsync($"d{number}", body => body["tags"] = new JsonArray("a:b"));
        await CreateDropletAsync("other");

        var first = await GetAsync(Cloud.DigitalOcean, "droplets?tag_name=a:b&per_page=2");
        var second = await GetAsync(Cloud.DigitalOcean, (string)first["links"]!["pages"]!["next"]!);

        Assert.Equal((3, 3), ((int)first["meta"]!["total"]!, (int)second["meta"]!["total"]!));
        Assert.Equal("d3", (string?)Assert.Single(second["droplets"]!.AsArray())!["name"]);
        Assert.Null(second["links"]!["pages"]!["next"]);
        Assert.NotNull(second["links"]!["pages"]!["prev"]);
    }

    [Theory]
    [InlineData("per_page=201")]
    [InlineData("tag=a")]
    [InlineData("tag_name=a&name=b")]
    public async Task List_WrongQuery_IsUnprocessable(string query)
    {
        var refusal = await CallAsync(
            Cloud.DigitalOcean, HttpMethod.Get, $"droplets?{query}", expected: HttpStatusCode.UnprocessableEntity);

        Assert.Equal("unprocessable_entity", (string?)refusal!["id"]);
    }

    [Fact]
    public async Task Tag_OtherCapitals_IsTheSameTag()
    {
        await CreateDropletAsync("a", body => body["tags"] = new JsonArray("PROD"));
        await CreateDropletAsync("b", body => body["tags"] = new JsonArray("prod"));

        Assert.Equal("PROD", (string?)Assert.Single((await GetAsync(Cloud.DigitalOcean, "tags"))["tags"]!.AsArray())!["name"]);
        Assert.Equal(2, (await GetAsync(Cloud.DigitalOcean, "droplets?tag_name=PROD"))["droplets"]!.AsArray().Count);
    }

    [Fact]
    public async Task DeleteByTag_TaggedAndOthers_DestroysTheTagged()
    {
        await CreateDropletAsync("a", body => body["tags"] = new JsonArray("t"));
        await CreateDropletAsync("b");

        await CallAsync(Cloud.DigitalOcean, HttpMethod.Delete, "droplets?tag_name=t", expected: HttpStatusCode.NoContent);

        Assert.Equal("b", Assert.Single((await Fake.GetBillAsync()).Machines).Name);
    }

    [Fact]
    public async Task Destroy_WithVolumes_DestroysWhatIsNamed()
    {
        var volumes = new List<string>();
        foreach (var name in new[] { "one", "two" })
        {
            var body = new JsonObject { ["name"] = name, ["size_gigabytes"] = 10, ["region"] = "fra1" };
            var volume = await CallAsync(Cloud.DigitalOcean, HttpMethod.Post, "volumes", body, HttpStatusCode.Created);
            volumes.Add((string)volume!["volume"]!["id"]!);
        }

        var droplet = await CreateDropletAsync("a", body => body["volumes"] = new JsonArray(volumes[0], volumes[1]));
        var path = $"droplets/{droplet["droplet"]!["id"]}/destroy_with_associated_resources";
        var associated = await GetAsync(Cloud.DigitalOcean, path);

        await CallAsync(
            Cloud.DigitalOcean,
            HttpMethod.Delete,
            path + "/selective",
            new JsonObject { ["volumes"] = new JsonArray(volumes[0]) },
            HttpStatusCode.Accepted);

        var status = await GetAsync(Cloud.DigitalOcean, path + "/status");
        Assert.Equal(2, associated["volumes"]!.AsArray().Count);
        Assert.NotNull(status["completed_at"]);
        var bill = await Fake.GetBillAsync();
        Assert.Empty(bill.Machines);
        Assert.Equal("two", Assert.Single(bill.Things).Name);
    }

    [Fact]
    public async Task Act_WhileItIsCreated_IsPending()
    {
        await Fake.SetSettingsAsync(new() { CreateDuration = TimeSpan.FromHours(1) });
        var droplet = await CreateDropletAsync("a");

        var refusal = await CallAsync(
            Cloud.DigitalOcean,
            HttpMethod.Post,
            $"droplets/{droplet["droplet"]!["id"]}/actions",
            new JsonObject { ["type"] = "power_off" },
            HttpStatusCode.UnprocessableEntity);

        Assert.Equal("Droplet already has a pending event.", (string?)refusal!["message"]);
    }

    [Fact]
    public async Task Call_WrongToken_IsUnauthorized()
    {
        Cloud.DigitalOcean.DefaultRequestHeaders.Authorization = new("Bearer", "wrong");

        var refusal = await CallAsync(Cloud.DigitalOcean, HttpMethod.Get, "account", expected: HttpStatusCode.Unauthorized);

        Assert.Equal("unauthorized", (string?)refusal!["id"]);
    }

    [Fact]
    public async Task Answer_OverTheLimit_TellsWhenToComeBack()
    {
        await Fake.SetSettingsAsync(new() { CallsPerHour = 1 });

        using var first = await Cloud.DigitalOcean.GetAsync("account");
        using var second = await Cloud.DigitalOcean.GetAsync("account");

        Assert.Equal("1", Assert.Single(first.Headers.GetValues("ratelimit-limit")));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter?.Delta);
        Assert.Contains("too_many_requests", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
