using System.Net;
using System.Text.Json.Nodes;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>The fake Hetzner Cloud API against its documents.</summary>
public class HetznerApiTests : FakeCloudTest
{
    private const HttpStatusCode Locked = (HttpStatusCode)423;

    [Fact]
    public async Task Server_WholeLife_IsAsDocumented()
    {
        var created = await CreateServerAsync("web-1", body => body["labels"] = new JsonObject { ["env"] = "test" });
        var id = (long)created["server"]!["id"]!;
        Assert.Equal("initializing", (string?)created["server"]!["status"]);
        Assert.Equal(("create_server", "running"), ((string?)created["action"]!["command"], (string?)created["action"]!["status"]));
        Assert.Equal("start_server", (string?)Assert.Single(created["next_actions"]!.AsArray())!["command"]);
        Assert.NotNull(created["root_password"]);

        var action = await SeeAsync(
            () => GetAsync(Cloud.Hetzner, $"actions/{created["next_actions"]![0]!["id"]}"), seen => (string?)seen["action"]!["status"] != "running");
        var server = (await GetAsync(Cloud.Hetzner, $"servers/{id}"))["server"]!;
        Assert.Equal(("success", 100), ((string?)action["action"]!["status"], (int)action["action"]!["progress"]!));
        Assert.Equal(("running", "fsn1"), ((string?)server["status"], (string?)server["location"]!["name"]));
        Assert.StartsWith("127.255.", (string?)server["public_net"]!["ipv4"]!["ip"], StringComparison.Ordinal);
        Assert.Null(server["datacenter"]);

        var deleted = await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"servers/{id}");
        var missing = await CallAsync(Cloud.Hetzner, HttpMethod.Get, $"servers/{id}", expected: HttpStatusCode.NotFound);
        Assert.Equal("delete_server", (string?)deleted!["action"]!["command"]);
        Assert.Equal("not_found", (string?)missing!["error"]!["code"]);
        Assert.Empty((await GetAsync(Cloud.Hetzner, "servers"))["servers"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","datacenter":"fsn1-dc14"}""", "datacenter")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","lables":{}}""", "lables")]
    [InlineData("""{"name":"a_b","server_type":"cx23","image":"debian-12"}""", "name")]
    [InlineData("""{"server_type":"cx23","image":"debian-12"}""", "name")]
    [InlineData("""{"name":"a","server_type":"cx9000","image":"debian-12"}""", "server_type")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-1"}""", "image")]
    [InlineData("""{"name":"a","server_type":"cx23","image":114690389}""", "image")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","location":"mars"}""", "location")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","location":"ash"}""", "location")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","networks":["7"]}""", "networks")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","labels":{"a b":"c"}}""", "labels")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","labels":{"a":"c/d"}}""", "labels")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","labels":{"hetzner.cloud/a":"c"}}""", "labels")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","firewalls":[7]}""", "firewalls")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","public_net":{"enable_ipv5":true}}""", "public_net.enable_ipv5")]
    [InlineData("""{"name":"a","server_type":"cx23","image":"debian-12","start_after_create":"yes"}""", "start_after_create")]
    public async Task Create_WrongField_IsInvalidInput(string body, string field)
    {
        var refusal = await CallAsync(
            Cloud.Hetzner, HttpMethod.Post, "servers", JsonNode.Parse(body), HttpStatusCode.UnprocessableEntity);

        Assert.Equal("invalid_input", (string?)refusal!["error"]!["code"]);
        Assert.Contains(refusal["error"]!["details"]!["fields"]!.AsArray(), problem => (string?)problem!["name"] == field);
        Assert.Equal(0, (await Fake.GetBillAsync()).MachinesMade);
    }

    [Theory]
    [InlineData("networks", "[7]")]
    [InlineData("ssh_keys", """["none"]""")]
    [InlineData("firewalls", """[{"firewall":7}]""")]
    [InlineData("volumes", "[7]")]
    public async Task Create_UnknownReference_IsNotFound(string field, string value)
    {
        var body = Server("a");
        body[field] = JsonNode.Parse(value);

        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", body, HttpStatusCode.NotFound);

        Assert.Equal("not_found", (string?)refusal!["error"]!["code"]);
    }

    [Fact]
    public async Task Create_NameOfAnother_IsUniquenessError()
    {
        await CreateServerAsync("same");

        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", Server("same"), HttpStatusCode.Conflict);

        Assert.Equal("uniqueness_error", (string?)refusal!["error"]!["code"]);
        Assert.Single((await Fake.GetBillAsync()).Machines);
    }

    [Fact]
    public async Task Create_UserDataOverTheLimit_IsInvalidInput()
    {
        await CreateServerAsync("fits", body => body["user_data"] = new string('a', 32 * 1024));
        var body = Server("big");
        body["user_data"] = new string('a', (32 * 1024) + 1);

        await CallAsync(Cloud.Hetzner, HttpMethod.Post, "servers", body, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Delete_WhileItIsCreated_IsLocked()
    {
        await Fake.SetSettingsAsync(new() { CreateDuration = TimeSpan.FromHours(1) });
        var created = await CreateServerAsync("a");

        var refusal = await CallAsync(
            Cloud.Hetzner, HttpMethod.Delete, $"servers/{created["server"]!["id"]}", expected: Locked);

        Assert.Equal("locked", (string?)refusal!["error"]!["code"]);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("hetzner-token")]
    public async Task Call_WrongToken_IsUnauthorized(string authorization)
    {
        Cloud.Hetzner.DefaultRequestHeaders.Remove("Authorization");
        Cloud.Hetzner.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Get, "servers", expected: HttpStatusCode.Unauthorized);

        Assert.Equal("unauthorized", (string?)refusal!["error"]!["code"]);
    }

    [Fact]
    public async Task Create_NoJson_IsJsonError()
    {
        using var response = await Cloud.Hetzner.PostAsync("servers", new StringContent("{"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("json_error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_Any_TellsTheRateLimit()
    {
        await Fake.SetSettingsAsync(new() { CallsPerHour = 2 });

        using var first = await Cloud.Hetzner.GetAsync("locations");
        using var second = await Cloud.Hetzner.GetAsync("locations");
        using var third = await Cloud.Hetzner.GetAsync("locations");

        Assert.Equal("2", Assert.Single(first.Headers.GetValues("RateLimit-Limit")));
        Assert.Equal("1", Assert.Single(first.Headers.GetValues("RateLimit-Remaining")));
        Assert.Equal("0", Assert.Single(second.Headers.GetValues("RateLimit-Remaining")));
        Assert.True(long.Parse(Assert.Single(third.Headers.GetValues("RateLimit-Reset"))) > 1_700_000_000);
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Contains("rate_limit_exceeded", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env", "a b")]
    [InlineData("!env", "c")]
    [InlineData("env=x", "a")]
    [InlineData("env==x", "a")]
    [InlineData("env!=x", "b c")]
    [InlineData("env in (x, y)", "a b")]
    [InlineData("env notin (x,y)", "c")]
    [InlineData("env,team=t", "b")]
    [InlineData("env in (x,y),!team", "a")]
    [InlineData("example.com/k=v", "c")]
    public async Task List_LabelSelector_IsAsDocumented(string selector, string names)
    {
        await CreateServerAsync("a", body => body["labels"] = new JsonObject { ["env"] = "x" });
        await CreateServerAsync("b", body => body["labels"] = new JsonObject { ["env"] = "y", ["team"] = "t" });
        await CreateServerAsync("c", body => body["labels"] = new JsonObject { ["example.com/k"] = "v" });

        var listed = await GetAsync(Cloud.Hetzner, $"servers?label_selector={Uri.EscapeDataString(selector)}");

        Assert.Equal(names.Split(' '), listed["servers"]!.AsArray().Select(server => (string)server!["name"]!));
    }

    [Theory]
    [InlineData("label_selector=a%20b")]
    [InlineData("label_selektor=a")]
    [InlineData("per_page=51")]
    [InlineData("per_page=0")]
    [InlineData("page=0")]
    [InlineData("sort=age")]
    public async Task List_WrongQuery_IsInvalidInput(string query)
    {
        var refusal = await CallAsync(
            Cloud.Hetzner, HttpMethod.Get, $"servers?{query}", expected: HttpStatusCode.UnprocessableEntity);

        Assert.Equal("invalid_input", (string?)refusal!["error"]!["code"]);
    }

    [Fact]
    public async Task List_Pages_LeadToTheEnd()
    {
        for (var number = 1; number <= 5; number++) await CreateServerAsync($"s{number}");

        var first = await GetAsync(Cloud.Hetzner, "servers?per_page=2");
        var second = await GetAsync(Cloud.Hetzner, "servers?per_page=2&page=2");
        var last = await GetAsync(Cloud.Hetzner, "servers?per_page=2&page=3");
        var all = await GetAsync(Cloud.Hetzner, "servers");

        Assert.Equal(["s1", "s2"], Names(first));
        Assert.Equal(["s3", "s4"], Names(second));
        Assert.Equal(["s5"], Names(last));
        var pagination = second["meta"]!["pagination"]!;
        int[] numbers = [.. new[] { "page", "per_page", "previous_page", "next_page", "last_page", "total_entries" }.Select(name => (int)pagination[name]!)];
        Assert.Equal([2, 2, 1, 3, 3, 5], numbers);
        Assert.Null(first["meta"]!["pagination"]!["previous_page"]);
        Assert.Null(last["meta"]!["pagination"]!["next_page"]);
        Assert.Equal(25, (int)all["meta"]!["pagination"]!["per_page"]!);

        static IEnumerable<string> Names(JsonNode page) => page["servers"]!.AsArray().Select(server => (string)server!["name"]!);
    }

    [Fact]
    public async Task PrimaryIps_OfADeletedServer_AreGoneOnlyWithAutoDelete()
    {
        var own = (await CallAsync(
            Cloud.Hetzner,
            HttpMethod.Post,
            "primary_ips",
            new JsonObject { ["name"] = "kept", ["type"] = "ipv4", ["location"] = "fsn1" },
            HttpStatusCode.Created))!;
        var server = await CreateServerAsync("a", body => body["public_net"] = new JsonObject
        {
            ["enable_ipv4"] = true,
            ["enable_ipv6"] = true,
            ["ipv4"] = own["primary_ip"]!["id"]!.DeepClone(),
        });
        Assert.Equal((string?)own["primary_ip"]!["ip"], (string?)server["server"]!["public_net"]!["ipv4"]!["ip"]);
        var during = await GetAsync(Cloud.Hetzner, "primary_ips");
        await SeeAsync(() => GetAsync(Cloud.Hetzner, $"servers/{server["server"]!["id"]}"), seen => !(bool)seen["server"]!["locked"]!);

        await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"servers/{server["server"]!["id"]}");

        var after = Assert.Single((await GetAsync(Cloud.Hetzner, "primary_ips"))["primary_ips"]!.AsArray())!;
        Assert.Equal(2, during["primary_ips"]!.AsArray().Count);
        Assert.Equal(("kept", "unassigned"), ((string?)after["name"], (string?)after["assignee_type"]));
        Assert.Null(after["assignee_id"]);
        Assert.Equal("kept", Assert.Single((await Fake.GetBillAsync()).Things).Name);
    }

    [Fact]
    public async Task Volume_OfADeletedServer_IsLeftAndBilled()
    {
        var volume = await CallAsync(
            Cloud.Hetzner,
            HttpMethod.Post,
            "volumes",
            new JsonObject { ["name"] = "data", ["size"] = 10, ["location"] = "fsn1" },
            HttpStatusCode.Created);
        var id = (long)volume!["volume"]!["id"]!;
        var server = await CreateServerAsync("a", body => body["volumes"] = new JsonArray(id));
        var path = $"servers/{server["server"]!["id"]}";
        await SeeAsync(() => GetAsync(Cloud.Hetzner, path), seen => !(bool)seen["server"]!["locked"]!);
        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"volumes/{id}", expected: HttpStatusCode.UnprocessableEntity);

        await CallAsync(Cloud.Hetzner, HttpMethod.Delete, path);

        var left = (await GetAsync(Cloud.Hetzner, $"volumes/{id}"))["volume"]!;
        Assert.Equal("resource_in_use", (string?)refusal!["error"]!["code"]);
        Assert.Null(left["server"]);
        Assert.Contains((await Fake.GetBillAsync()).Things, thing => thing.Kind == "volumes");
        await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"volumes/{id}", expected: HttpStatusCode.NoContent);
        Assert.DoesNotContain((await Fake.GetBillAsync()).Things, thing => thing.Kind == "volumes");
    }

    [Fact]
    public async Task Network_OfAServer_GivesItAPrivateAddress()
    {
        var network = await CallAsync(
            Cloud.Hetzner,
            HttpMethod.Post,
            "networks",
            new JsonObject { ["name"] = "inner", ["ip_range"] = "10.0.0.0/16" },
            HttpStatusCode.Created);
        var id = (long)network!["network"]!["id"]!;

        var server = await CreateServerAsync("a", body =>
        {
            body["networks"] = new JsonArray(id);
            body["public_net"] = new JsonObject { ["enable_ipv4"] = false, ["enable_ipv6"] = false };
        });

        var inner = Assert.Single(server["server"]!["private_net"]!.AsArray())!;
        Assert.Equal(id, (long)inner["network"]!);
        Assert.StartsWith("127.255.", (string?)inner["ip"], StringComparison.Ordinal);
        Assert.Null(server["server"]!["public_net"]!["ipv4"]);
        Assert.Null(server["server"]!["public_net"]!["ipv6"]);
    }

    [Fact]
    public async Task Actions_WithoutIds_AreDeprecated()
    {
        var refusal = await CallAsync(Cloud.Hetzner, HttpMethod.Get, "actions", expected: HttpStatusCode.Gone);

        Assert.Equal("deprecated_api_endpoint", (string?)refusal!["error"]!["code"]);
    }
}
